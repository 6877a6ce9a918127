"""What tests of the images read from their definitions."""

from image_commands import read_definition, read_dockerfile


def test_a_dockerfile_is_read():
    build, run = read_dockerfile('# head\nFROM debian AS build\nCOPY . /src\nRUN a \\\n  b\nRUN c\nFROM debian\n'
                                 'COPY x y /z/\nCOPY --from=build /opt /usr\nWORKDIR /work\nENTRYPOINT ["p", "q"]\nCMD ["--help"]\n')
    assert (build.base, build.name, build.copies) == ("debian", "build", [(None, ".", "/src")])
    assert [line.split() for line in build.commands.splitlines()] == [["a", "b"], ["c"]]
    assert run.copies == [(None, "x", "/z/"), (None, "y", "/z/"), ("build", "/opt", "/usr")]
    assert (run.name, run.folder, run.program) == ("", "/work", 'exec p q "$@"')


def test_a_definition_file_is_read():
    build, run = read_definition("# head\nBootstrap: docker\nFrom: debian\nStage: build\n\n%setup\n    a 10%\n\n%post\n    b\n"
                                 "Bootstrap: docker\nFrom: debian\nStage: run\n# why\n%files\n    x /y\n%files from build\n    /opt /o\n"
                                 '%environment\n    export A=1\n%runscript\n    exec p "$@"\n%test\n    p\n')
    assert (build.base, build.name, build.setup.strip(), build.commands.strip()) == ("debian", "build", "a 10%", "b")
    assert run.copies == [(None, "x", "/y"), ("build", "/opt", "/o")]
    assert (run.environment.strip(), run.program.strip(), run.test.strip()) == ("export A=1", 'exec p "$@"', "p")
