"""Faults that change what a module does: a comparison turned, a bound moved, a guard or a call left out.

What nobody can notice is not planted: messages, docstrings, annotations, logging, options that only tune.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
BOUND_MOVED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
}  # fmt: skip
OPPOSITE = {"min": "max", "max": "min", "all": "any", "any": "all", "argmin": "argmax", "argmax": "argmin"}
TELLING = {"print", "write", "debug", "info", "warning", "error", "exception", "log", "flush",
           "Field", "TypeVar", "NewType", "cast", "add_argument", "ConfigDict"}  # fmt: skip
TUNING = {"frozen", "strict", "indent", "daemon", "check", "slots", "kw_only", "timeout", "timeout_s", "maxsize"}


@dataclass(frozen=True)
class Fault:
    """One change. `first_line` is where its statement begins, `number` its place among the module's faults."""

    path: str
    number: int
    first_line: int
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def faults_of(path: str, text: str) -> list[Fault]:
    """Every fault that can be planted in a module's text."""
    planter = _Planter(path, None)
    planter.visit(ast.parse(text))
    return planter.found


def planted(fault: Fault, text: str) -> str:
    """The module's text with that one fault."""
    tree = _Planter(fault.path, fault.number).visit(ast.parse(text))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


class _Planter(ast.NodeTransformer):
    """Walks a module, offers each fault in turn, and takes the chosen one."""

    def __init__(self, path: str, chosen: int | None) -> None:
        self.found: list[Fault] = []
        self._path, self._chosen, self._first_line = path, chosen, 1

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.stmt):
            self._first_line = node.lineno
        return super().visit(node)

    def _offer(self, node: ast.AST, what: str, changed: ast.AST) -> ast.AST:
        fault = Fault(self._path, len(self.found), min(self._first_line, node.lineno), node.lineno, what)
        self.found.append(fault)
        return changed if fault.number == self._chosen else node

    def _leave(self, node: ast.AST) -> ast.AST:
        return node

    visit_Raise = visit_Assert = visit_JoinedStr = visit_Import = visit_ImportFrom = _leave  # noqa: N815

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """All but tables of data, whose values are as good as any other."""
        tables = ast.Tuple | ast.List | ast.Dict | ast.Set
        kept = [each if isinstance(getattr(each, "value", None), tables) else self.visit(each) for each in node.body]
        node.body = kept
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        for each in ("defaults", "kw_defaults"):
            setattr(node.args, each, [default and self.visit(default) for default in getattr(node.args, each)])
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.value = node.value and self.visit(node.value)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        if ast.unparse(node.test) == "TYPE_CHECKING" or "__name__" in ast.unparse(node.test):
            return node
        self.generic_visit(node)
        guard = node.body[0]
        if len(node.body) == 1 and isinstance(guard, ast.Return | ast.Raise | ast.Continue | ast.Break):
            node.body = [self._offer(guard, f"`{type(guard).__name__.lower()}` left out", ast.Pass())]
        return self._negated(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return self._negated(node)

    def _negated(self, node: ast.If | ast.IfExp) -> ast.AST:
        """A condition that is no comparison, turned. The node is changed in place when it is the chosen one."""
        if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.NamedExpr):
            test = node.test
            node.test = self._offer(test, f"`{ast.unparse(test)}` negated", ast.UnaryOp(ast.Not(), test))
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        sides, kind = [node.left, *node.comparators], type(node.ops[0])
        changes = [TURNED[kind]]
        if kind in BOUND_MOVED and any(_is_count(side) for side in sides):
            changes.append(BOUND_MOVED[kind])
        for other in changes:
            changed = ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
            taken = self._offer(node, f"`{ast.unparse(node)}` → `{ast.unparse(changed)}`", changed)
            if taken is changed:
                return changed
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        other, what = (ast.Or(), "`and` → `or`") if isinstance(node.op, ast.And) else (ast.And(), "`or` → `and`")
        return self._offer(node, what, ast.BoolOp(other, node.values))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return self._offer(node, "`not` left out", node.operand) if isinstance(node.op, ast.Not) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        other = SWAPPED.get(type(node.op))
        if other is None or any(_is_text(side) for side in (node.left, node.right)):
            return node
        changed = ast.BinOp(node.left, other(), node.right)
        return self._offer(node, f"`{ast.unparse(node)}` → `{ast.unparse(changed)}`", changed)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        other = SWAPPED.get(type(node.op))
        changed = other and ast.AugAssign(node.target, other(), node.value)
        return self._offer(node, f"`{ast.unparse(node)}` → `{ast.unparse(changed)}`", changed) if changed else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if _name(node) in TELLING:
            return node
        node.func, node.args = self.visit(node.func), [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = keyword.value if keyword.arg in TUNING else self.visit(keyword.value)
        if (other := OPPOSITE.get(_name(node))) is None:
            return node
        func = ast.Name(other) if isinstance(node.func, ast.Name) else ast.Attribute(node.func.value, other)
        return self._offer(node, f"`{_name(node)}` → `{other}`", ast.Call(func, node.args, node.keywords))

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if not isinstance(node.value, ast.Call):
            return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)
        if _name(node.value) in TELLING:
            return node
        self.generic_visit(node)
        return self._offer(node, f"`{ast.unparse(node)[:60]}` left out", ast.Pass())

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, bool):
            return self._offer(node, f"{value} → {not value}", ast.Constant(not value))
        if not isinstance(value, int | float):
            return node
        other = value + 1 if isinstance(value, int) and abs(value) <= 2 else value * 2 or 1.0
        return self._offer(node, f"{value} → {other}", ast.Constant(other))


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _is_count(side: ast.AST) -> bool:
    """A whole number or a length: where one more or less is another result."""
    return (isinstance(side, ast.Constant) and type(side.value) is int) or (
        isinstance(side, ast.Call) and _name(side) == "len"
    )


def _is_text(side: ast.AST) -> bool:
    """Text or a sequence: `+` joins, `/` goes into a folder."""
    if isinstance(side, ast.Constant):
        return isinstance(side.value, str | bytes)
    return isinstance(side, ast.JoinedStr | ast.List | ast.Tuple)
