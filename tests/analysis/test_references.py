from ksweep_report.results.references import level_of, read_references


def test_an_error_at_one_k_and_an_accuracy_at_all():
    found, unread = read_references("title = x\n# reference: k = 25: 1.35 % error, Makhzani & Frey 2014\n"
                                    "# reference: 98.8 % accuracy: Makhzani & Frey 2015\n")
    assert unread == ()
    assert [(each.axis, each.value, round(level_of(each), 2), each.source) for each in found] == [
        ("k", 25.0, 98.65, "Makhzani & Frey 2014"), (None, 0.0, 98.8, "Makhzani & Frey 2015")]


def test_a_key_may_be_named_in_full():
    assert read_references("# reference: model.sparsity_weight = 1e-3: 2 % error")[0][0].axis == "sparsity_weight"


def test_what_cannot_be_read_is_told_and_not_guessed():
    lines = ("# reference: k = 25: 1.35 % Makhzani", "# reference: 1.2.3 % error", "# reference: about 2")
    assert read_references("\n".join(lines)) == ((), lines)


def test_other_comments_are_none():
    assert read_references("# Question: which k?\nk = 1 # reference") == ((), ())
