"""The contract as it stands, loaded once a process for all tests that only read it: loading takes a tenth of a second.

A test that changes a contract loads its own.
"""

from nhq.contract import load_contract

CONTRACT = load_contract()
