"""The shapes that reviewers' tools read, whoever fills them: SARIF, JUnit, GitHub's commands, GitLab's entries."""
