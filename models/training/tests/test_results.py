"""The tables say what the logs say, and rewriting a section leaves the rest of the file alone."""

from pathlib import Path

from sonido.results import gates, report, write_section

HELD = (
    "run=hqvae step=9 split=held_out si_sdr=3.1 mrstft=0.8 usage_0=0.2 usage_1=0.3 usage_2=0.05 ablation_0=0.5 "
    "ablation_1=0.05 ablation_2=0.3 ablation_per_kbit_0=2 ablation_per_kbit_1=0.1 ablation_per_kbit_2=0.1\n"
)


def test_gates_and_table(tmp_path: Path) -> None:
    (tmp_path / "stage1").mkdir()
    (tmp_path / "stage1" / "log.txt").write_text("run=hqvae step=1 loss=2\n" + HELD)
    (tmp_path / "prior0").mkdir()
    (tmp_path / "prior0" / "log.txt").write_text("run=prior0 step=5 split=held_out bits=4.0 unigram=5 bigram=4.5\n")
    lines = gates(tmp_path)
    assert "- coarse: perplexity/K 0.200 (gate 0.10): passed" in lines
    assert "- medium: random codes raise the STFT distance by 5.0 % (gate 10 %): NOT passed" in lines
    assert "- fine: perplexity/K 0.050 (gate 0.10): NOT passed" in lines
    assert "- coarse: 4.0 bits per token, unigram 5, bigram 4.5: passed" in lines
    (tmp_path / "rvq").mkdir()
    (tmp_path / "rvq" / "log.txt").write_text(HELD.replace("step=9", "step=5"))
    (tmp_path / "stage1" / "log.txt").write_text(HELD.replace("step=9", "step=5").replace("3.1", "2.2") + HELD)
    report(tmp_path, {"rvq": tmp_path / "rvq"}, "tiny", 0, tmp_path / "R.md")
    text = (tmp_path / "R.md").read_text()
    assert "| HQ-VAE | 5 | 2.2 |" in text, "the main run at the baseline's last step"
    assert "| HQ-VAE | 9 | 3.1 | 0.8 | 0.200, +50 % (200 %); 0.300, +5 % (10 %); 0.050, +30 % (10 %) |" in text
    assert "| rvq | 5 | 3.1 |" in text


def test_a_section_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "R.md"
    path.write_text("# Mine\n\nkept\n")
    write_section(path, "a", ["one"])
    write_section(path, "b", ["two"])
    write_section(path, "a", ["three"])
    assert path.read_text() == "# Mine\n\nkept\n\n<!-- a -->\nthree\n<!-- /a -->\n\n<!-- b -->\ntwo\n<!-- /b -->\n"
