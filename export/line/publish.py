"""The last step: the chosen form with its proof into bundles/, atomically, and only if something changed."""

from __future__ import annotations

from pathlib import Path

from edgemm.bundles.bundle import REPORT_FILE, Bundle, sha256_of, write_bundle
from edgemm.errors import BundleError
from export.line.form_steps import Shop
from export.proof.report import Report, report_html, report_json
from export.proof.verify import FormResult
from export.workshop.workspace import storage_errors

REPORT_PAGE = "report.html"


def publish(shop: Shop, candidate: Bundle, kept: FormResult, report: Report, folder: Path) -> tuple[Bundle, bool]:
    """Write the bundle with its figures and reports. Returns it, and whether it had to be written."""
    manifest = candidate.manifest.model_copy(
        update={"figures": (*report.parity, *kept.figures), "measured": kept.measured}
    )
    with storage_errors(f"cannot write bundle {folder}"):
        files = {name: candidate.path(name) for name in candidate.manifest.files}
        files |= write_reports(report, shop.work / "report")
        complete = manifest.model_copy(update={"files": {name: sha256_of(files[name]) for name in sorted(files)}})
        if (in_place := _open(folder)) is not None and in_place.manifest == complete:
            return in_place, False
        return write_bundle(folder, manifest, files), True


def write_failure_report(report: Report, work: Path) -> Path:
    """The report of an export that gave no bundle, in the cache. Returns the page."""
    with storage_errors(f"cannot write the report into {work}"):
        return write_reports(report, work / "report-of-failure")[REPORT_PAGE]


def write_reports(report: Report, folder: Path) -> dict[str, Path]:
    """Both forms of the report; returns name in the bundle → file."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {REPORT_FILE: report_json(report), REPORT_PAGE: report_html(report)}
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in contents}


def _open(folder: Path) -> Bundle | None:
    """The bundle in place; None if there is none, or it is damaged and must be written again."""
    try:
        return Bundle.open(folder)
    except BundleError:
        return None
