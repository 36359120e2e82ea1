"""A finished study as a Workflow Run RO-Crate: one zip with results, workflow and what ran.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and its profile Workflow Run Crate 0.5: machines, and
archives such as WorkflowHub and Zenodo, can read what was run on what to make which file.
"""

from pathlib import Path

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from ..records.json_records import StudyRecord

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
BIOSCHEMAS = {
    f"https://bioschemas.org/profiles/{name}/1.0-RELEASE": (f"Bioschemas {name}", "1.0-RELEASE")
    for name in ("ComputationalWorkflow", "FormalParameter")
}
TRAINING = "workflow/scripts/train.py"  # what trained each network
LICENSE = "https://spdx.org/licenses/MIT"
# A key of the Workflow Run Crate profile that RO-Crate 1.1 does not define.
TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
# By suffix; a Snakefile and the like are plain text. A table of our own, since Python's differs
# from system to system.
TEXT = "text/plain"
KINDS = {
    **{".css": "text/css", ".csv": "text/csv", ".html": "text/html", ".js": "text/javascript"},
    **{".md": "text/markdown", ".py": "text/x-python", ".rst": "text/x-rst"},
    **{".sh": "application/x-sh", ".json": "application/json", ".yaml": "application/yaml"},
    **{".yml": "application/yaml", ".png": "image/png", ".svg": "image/svg+xml"},
    **{".pt": "application/octet-stream", ".npz": "application/octet-stream"},
    ".ipynb": "application/x-ipynb+json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def study_crate(
    title: str,
    provenance: StudyRecord,
    citation: dict,
    agent: str,
    project: Path,
    workflow: list[Path],
    folder: Path,
    results: list[Path],
) -> ROCrate:
    """The crate of a study, to be written with `write_zip`.

    Args:
        citation: the project's CITATION.cff.
        agent: who ran the study.
        workflow: the files that make up the workflow, Snakefile, README.md and config.yaml among
            them, below the folder `project`.
        results: the files to put into the crate, below the results folder `folder`.
    """
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms |= TERMS

    def entity(key: str, kind: str, **properties) -> ContextEntity:
        return crate.add_jsonld({"@id": key, "@type": kind, **properties})

    def profiles(versions: dict[str, tuple[str, str]]) -> list[ContextEntity]:
        return [
            entity(url, "CreativeWork", name=name, version=version)
            for url, (name, version) in versions.items()
        ]

    person = entity("#agent", "Person", name=agent)
    (maker,) = citation["authors"]
    at = {"url": maker["website"]} if "website" in maker else {}
    makers = entity("#maintainers", "Organization", name=maker["name"], **at)
    licence = entity(LICENSE, "CreativeWork", name="MIT License", identifier=LICENSE)
    crate.name = title
    crate.description = f"{title}: the workflow, its tables, figures, networks and report."
    crate.license = licence
    root = crate.root_dataset
    root["author"] = makers
    root["conformsTo"] = profiles(PROFILES)
    version = workflow_version(citation, provenance.sources)
    training = {
        "@type": ["File", "SoftwareSourceCode"],
        "version": version,
        "url": citation.get("repository-code", {"@id": TRAINING}),
    }
    places = {path.relative_to(project).as_posix(): path for path in workflow}
    main = crate.add_workflow(
        places.pop("Snakefile"),
        "Snakefile",
        main=True,
        lang="snakemake",
        lang_version=provenance.versions["snakemake"],
        properties={
            "name": citation["title"],
            "description": citation["abstract"],
            "encodingFormat": TEXT,
            "version": version,
            "dateCreated": str(citation["date-released"]),
            "url": citation.get("repository-code", {"@id": "Snakefile"}),
        },
    )
    main["license"] = licence
    main["creator"] = main["sdPublisher"] = makers
    main["conformsTo"], of_parameters = profiles(BIOSCHEMAS)
    places |= {f"results/{path.relative_to(folder).as_posix()}": path for path in results}
    files = {
        place: crate.add_file(
            path,
            place,
            properties={"name": path.name, "encodingFormat": KINDS.get(path.suffix, TEXT)}
            | (training if place == TRAINING else {}),
        )
        for place, path in places.items()
    }
    files["README.md"]["about"] = root
    for key, name, place in (
        ("input", "config", "config.yaml"),
        ("output", "report", "results/report.html"),
    ):
        parameter = crate.add_formal_parameter(name, "File", f"#{name}")
        parameter["conformsTo"] = of_parameters
        main[key] = parameter
        files[place]["exampleOfWork"] = parameter
    data = [
        entity(f"#{name}", "CreativeWork", name=name, sha256=digest)
        for name, digest in provenance.data_sha256.items()
    ]

    def ran(tool, key: str, record, name: str, description: str, made) -> ContextEntity:
        return crate.add_action(
            tool,
            identifier=key,
            object=[*data, files["config.yaml"]],
            result=made,
            properties={
                "name": name,
                "description": description,
                # in UTC with the offset in figures, as the profile's checks want it
                "startTime": record.started.replace("Z", "+00:00"),
                "endTime": record.finished.replace("Z", "+00:00"),
                "actionStatus": "http://schema.org/CompletedActionStatus",
                "agent": {"@id": person.id},
            },
        )

    count = f"{len(provenance.runs)} networks trained and compared"
    about = f"{count}; config, versions and machine are in results/provenance.json."
    made = [file for place, file in files.items() if place.startswith("results/")]
    root["mentions"] = [
        ran(main, "#study", provenance, provenance.command, about, made),
        *(
            ran(
                files[TRAINING],
                f"#train-{run.variant}-seed-{run.seed}",
                run,
                f"train {run.variant} seed {run.seed}",
                f"on {run.processor}; SHA-256 of the weights {run.tensors_sha256}",
                files[f"results/{run.variant}/seed-{run.seed}/checkpoint.pt"],
            )
            for run in provenance.runs
        ),
    ]
    return crate


def workflow_version(citation: dict, sources: dict | None) -> str:
    """The release, and the commit where it is known: 2.0.0+g1a2b3c4, and .modified."""
    if sources is None:
        return str(citation["version"])
    modified = ".modified" if sources["modified"] else ""
    return f"{citation['version']}+g{sources['commit'][:7]}{modified}"
