"""The record of nights: what each night saw, and how it stands against the nights before."""
