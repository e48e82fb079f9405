"""Runs that are in a folder already: which of them stay, and when a study is refused because other code made them."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from experiments.errors import InputError
from experiments.runs.provenance import here, told_apart
from experiments.studies.job import Job, Model, own_modules
from experiments.studies.run_files import DamagedRunError, RunFiles, RunRecord
from experiments.studies.study_files import StudyError, read_manifest


@dataclass(frozen=True)
class Asked:
    """What is to become of runs that are there already.

    ``retry_failed``: those that failed are rerun. Those that other code or other library versions made are kept
    if ``mixed``, rerun if ``again``, and otherwise a reason to stop.
    """

    retry_failed: bool = False
    mixed: bool = False
    again: bool = False

    def __post_init__(self) -> None:
        if self.mixed and self.again:
            raise InputError("--mixed keeps the runs of other code and --again reruns them; choose one")


AS_IT_IS = Asked()
"""Nothing was said: failed runs stay, a study that other code made is refused."""


class EarlierRuns:
    """The runs in the folder of a study, seen from the code and libraries at hand."""

    def __init__(self, folder: Path, files: RunFiles, model: Model, asked: Asked) -> None:
        self._folder, self._files, self._version, self._asked = folder, files, model.version, asked
        self._modules = own_modules(model.run)
        self._former_version = _version_in_names(folder)
        self._others: Counter[str] = Counter()

    def look_again(self) -> None:
        """See what others have put into their containers meanwhile."""
        self._files = replace(self._files)

    def kept(self, job: Job) -> RunRecord | None:
        """The run that is there and stays, None if it is to be made. Raises DamagedRunError."""
        record = self._found(job)
        if record is None or (record.failed and self._asked.retry_failed) or not self._stays(record):
            return None
        return record

    def stays(self, identity: str) -> bool:
        """Whether a run is there, whole and to be kept."""
        try:
            record = self._files.read(identity)
        except DamagedRunError:
            return False
        return record is not None and self._stays(record)

    def check(self) -> None:
        """Raise InputError if other code made some of the runs looked at, and nothing was said about it."""
        if self._others and not self._asked.mixed:
            what, _ = self._others.most_common(1)[0]
            raise InputError(
                f"{self._folder}: {self._others.total()} of its runs were made with {what}; "
                "--mixed keeps them and goes on, --again reruns them"
            )

    def _stays(self, record: RunRecord) -> bool:
        other = self._told_apart(record)
        if other and not self._asked.again:
            self._others[other] += 1
        return not (other and self._asked.again)

    def _told_apart(self, record: RunRecord) -> str:
        other = told_apart(record.provenance, here(self._modules))
        if not other and record.model_version != self._version:
            return f"version {record.model_version} of the model instead of {self._version}"
        return other

    def _found(self, job: Job) -> RunRecord | None:
        """A run under its name or, from before runs told what made them, under a name with the model's version."""
        record = self._files.read(job.identity)
        if record is not None or self._former_version is None:
            return record
        record = self._files.read(replace(job, model=f"{job.model} {self._former_version}").identity)
        if record is not None and self._asked.mixed:
            record = record.model_copy(update={"model": job.model, "model_version": self._former_version})
            self._files.keep(job.identity, record)
        return record


def _version_in_names(folder: Path) -> str | None:
    """The version of the model that was part of the names of runs; None if there is no study yet."""
    try:
        return read_manifest(folder).model_version
    except StudyError:
        return None
