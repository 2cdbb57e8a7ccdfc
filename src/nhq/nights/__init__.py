"""The record of nights: what each night found, compared with the nights before."""
