"""Names and places for made-up people. Common Norwegian names, so that no one is named on purpose."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words(
    "Anne Astrid Aud Berit Bjørg Borghild Eldbjørg Elsa Eva Gerd Grete Gudrun Gunvor Hanna Hjørdis Inger Ingrid "
    "Jorunn Karen Kari Kirsten Klara Liv Magnhild Margit Marit Ragnhild Randi Reidun Ruth Sigrid Solveig Synnøve "
    "Torbjørg Turid Unni Valborg Wenche Åse Aase"
)
MEN = _words(
    "Alf Arne Arvid Asbjørn Bjarne Egil Einar Erling Finn Fredrik Gunnar Hans Harald Harry Helge Henry Håkon Ivar "
    "Johan Johannes Kjell Knut Kåre Leif Magne Odd Olaf Ola Oskar Per Ragnar Reidar Roald Sigurd Sverre Terje "
    "Thorleif Torstein Trygve Øyvind"
)
FAMILIES = _words(
    "Aasen Andersen Bakke Berg Bøe Dahl Eide Eliassen Engen Fjeld Foss Gundersen Hagen Halvorsen Hansen Haugen "
    "Hauge Hovland Iversen Jacobsen Johansen Kristiansen Larsen Lie Lund Lunde Moe Moen Myhre Nilsen Nygård Olsen "
    "Pedersen Rønning Sandvik Solberg Solheim Strand Sunde Svendsen Sæther Tangen Tveit Vik Ødegård Ås"
)
ROOMS = ("stue", "kjøkken", "soverom", "bad", "gang")
