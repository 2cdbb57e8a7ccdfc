"""How much does the suite see? Every planted fault is put into a mock, and the gate is asked what it finds."""
