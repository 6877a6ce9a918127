// Nothing of its own: see test_headers in CMakeLists.txt.
