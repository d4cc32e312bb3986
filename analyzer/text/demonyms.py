"""Countries by the adjective for their people: used inside the nationality relation only (elsewhere "French" is no
place)."""

from __future__ import annotations

_PAIRS = """
afghan:afghanistan albanian:albania algerian:algeria american:united states andorran:andorra angolan:angola
argentine:argentina argentinian:argentina armenian:armenia australian:australia austrian:austria azerbaijani:azerbaijan
bahamian:bahamas bahraini:bahrain bangladeshi:bangladesh barbadian:barbados belarusian:belarus belgian:belgium
belizean:belize beninese:benin bhutanese:bhutan bolivian:bolivia bosnian:bosnia and herzegovina botswanan:botswana
brazilian:brazil british:united kingdom bulgarian:bulgaria burkinabe:burkina faso burmese:myanmar burundian:burundi
cambodian:cambodia cameroonian:cameroon canadian:canada chadian:chad chilean:chile chinese:china colombian:colombia
congolese:congo croatian:croatia cuban:cuba cypriot:cyprus czech:czech republic danish:denmark dane:denmark
dominican:dominican republic dutch:netherlands dutchman:netherlands ecuadorian:ecuador egyptian:egypt emirati:united
arab emirates
english:england englishman:england eritrean:eritrea estonian:estonia ethiopian:ethiopia fijian:fiji filipino:philippines
finnish:finland finn:finland french:france frenchman:france gabonese:gabon gambian:gambia georgian:georgia
german:germany
ghanaian:ghana greek:greece grenadian:grenada guatemalan:guatemala guinean:guinea guyanese:guyana haitian:haiti
honduran:honduras hungarian:hungary icelandic:iceland icelander:iceland indian:india indonesian:indonesia iranian:iran
iraqi:iraq irish:ireland irishman:ireland israeli:israel italian:italy ivorian:ivory coast jamaican:jamaica
japanese:japan
jordanian:jordan kazakh:kazakhstan kazakhstani:kazakhstan kenyan:kenya kosovan:kosovo kuwaiti:kuwait kyrgyz:kyrgyzstan
lao:laos laotian:laos latvian:latvia lebanese:lebanon liberian:liberia libyan:libya lithuanian:lithuania
luxembourgish:luxembourg macedonian:north macedonia malagasy:madagascar malawian:malawi malaysian:malaysia malian:mali
maltese:malta mauritanian:mauritania mauritian:mauritius mexican:mexico moldovan:moldova mongolian:mongolia
montenegrin:montenegro moroccan:morocco mozambican:mozambique namibian:namibia nepalese:nepal nepali:nepal
new zealander:new zealand nicaraguan:nicaragua nigerian:nigeria nigerien:niger norwegian:norway omani:oman
pakistani:pakistan
palestinian:palestine panamanian:panama paraguayan:paraguay peruvian:peru polish:poland pole:poland portuguese:portugal
qatari:qatar romanian:romania russian:russia rwandan:rwanda salvadoran:el salvador samoan:samoa saudi:saudi arabia
scottish:scotland scot:scotland senegalese:senegal serbian:serbia serb:serbia singaporean:singapore slovak:slovakia
slovakian:slovakia slovene:slovenia slovenian:slovenia somali:somalia south african:south africa south korean:south
korea
north korean:north korea soviet:soviet union spanish:spain spaniard:spain sri lankan:sri lanka sudanese:sudan
surinamese:suriname swedish:sweden swede:sweden swiss:switzerland syrian:syria taiwanese:taiwan tajik:tajikistan
tanzanian:tanzania thai:thailand togolese:togo tongan:tonga trinidadian:trinidad and tobago tunisian:tunisia
turkish:turkey
turk:turkey turkmen:turkmenistan ugandan:uganda ukrainian:ukraine uruguayan:uruguay uzbek:uzbekistan
venezuelan:venezuela vietnamese:vietnam welsh:wales welshman:wales yemeni:yemen yugoslav:yugoslavia zambian:zambia
zimbabwean:zimbabwe us:united states korean:korea puerto rican:puerto rico hong konger:hong kong
"""


def _table() -> dict[str, str]:
    table, words = {}, _PAIRS.split()
    key, country = "", ""
    pending: list[str] = []
    for word in words:
        left, colon, right = word.partition(":")
        if not colon:
            pending.append(word)
            continue
        lead = _demonym_words(pending, left)
        if key:
            table[key] = " ".join([country, *pending[: len(pending) - lead]])
        key, country, pending = " ".join([*pending[len(pending) - lead :], left]), right, []
    table[key] = " ".join([country, *pending])
    return table


def _demonym_words(pending: list[str], last: str) -> int:
    """How many words before `last` belong to a demonym of two words: "new zealander", "sri lankan"."""
    return int(f"{pending[-1]} {last}" in _TWO) if pending else 0


_TWO = frozenset(
    ("new zealander", "south african", "south korean", "north korean", "sri lankan", "puerto rican", "hong konger")
)
DEMONYMS = _table()


def country_of(adjective: str) -> str | None:
    """The country whose people are called so, or None: "Polish-born" and "Parisian" name no nationality."""
    return DEMONYMS.get(adjective.casefold().strip().removesuffix("s")) or DEMONYMS.get(adjective.casefold().strip())
