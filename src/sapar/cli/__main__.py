from sapar.cli.main import run

run()
