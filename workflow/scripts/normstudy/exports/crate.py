"""A finished study as a Workflow Run RO-Crate: one zip with results, workflow and what ran.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and its profile Workflow Run Crate 0.5: machines, and
archives such as WorkflowHub and Zenodo, can read what was run on what to make which file.
"""

from pathlib import Path

from rocrate.rocrate import ROCrate

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
LICENSE = "https://spdx.org/licenses/MIT"
KINDS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def study_crate(
    title: str,
    provenance: dict,
    project: Path,
    workflow: list[Path],
    folder: Path,
    results: list[Path],
) -> ROCrate:
    """The crate of a study, to be written with `write_zip`.

    Args:
        title: what the study is called.
        provenance: its provenance.json.
        project: the folder with the Snakefile.
        workflow: the files that make up the workflow, the Snakefile among them, below `project`.
        folder: the study's results folder.
        results: the files in it to put into the crate.
    """
    crate = ROCrate(version="1.1")
    crate.name = title
    crate.description = f"{title}: the workflow, its tables, figures, networks and report."
    crate.license = LICENSE
    crate.root_dataset["conformsTo"] = [
        crate.add_jsonld({"@id": url, "@type": "CreativeWork", "name": name, "version": version})
        for url, (name, version) in PROFILES.items()
    ]
    for path in workflow:
        place = path.relative_to(project).as_posix()
        if place == "Snakefile":
            main = crate.add_workflow(
                path,
                place,
                main=True,
                lang="snakemake",
                lang_version=provenance["versions"]["snakemake"],
                properties={"name": title},
            )
        else:
            crate.add_file(path, place)
    made = [
        crate.add_file(
            path, f"results/{path.relative_to(folder).as_posix()}", properties=_kind(path)
        )
        for path in results
    ]
    data = [
        crate.add_jsonld(
            {"@id": f"#{name}", "@type": "CreativeWork", "name": name, "sha256": digest}
        )
        for name, digest in provenance["data_sha256"].items()
    ]
    crate.add_action(
        main,
        identifier="#study",
        object=data,
        result=made,
        properties={
            "name": provenance["command"],
            "startTime": provenance["started"],
            "endTime": provenance["finished"],
        },
    )
    return crate


def _kind(path: Path) -> dict[str, str]:
    kind = KINDS.get(path.suffix)
    return {"name": path.name} | ({"encodingFormat": kind} if kind else {})
