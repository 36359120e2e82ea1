"""What tests share: places, projects to run, made-up studies, mirrors, a cluster of one node."""
