"""Family names of the made-up people, by origin, commonest first ("_" is a space)."""

from __future__ import annotations

SURNAMES: dict[str, str] = {
    "english": (
        "Smith Johnson Williams Brown Jones Davis Miller Wilson Moore Taylor Anderson Thomas "
        "Jackson White Harris Martin Thompson Robinson Clark Lewis Lee Walker Hall Allen Young "
        "King Wright Hill Scott Green Adams Baker Nelson Carter Mitchell Roberts Turner "
        "Phillips Campbell Parker Evans Edwards Collins Stewart Morris Rogers Reed Cook Bell "
        "Bailey Cooper Richardson Cox Howard Ward Peterson Gray Watson Brooks Price Bennett "
        "Wood Barnes Ross Henderson Coleman Jenkins Perry Powell Long Patterson Hughes Foster "
        "Butler Simmons Bryant Russell Griffin Hayes Myers Ford Hamilton Graham Sullivan Woods "
        "Cole West Jordan Owens Reynolds Fisher Ellis Harrison Gibson Mason Hunt Marshall "
        "Palmer Webb Tucker Hunter Hicks Crawford Henry Boyd Shaw Gordon Burns Dixon Warren "
        "Hart Spencer Stone Grant Knight Ferguson Rose Hudson Lane Payne Arnold Pierce Berry "
        "Matthews Wagner Willis Ray Watkins Olson Carroll Andrews Lawson Fowler Hawkins Chapman "
        "Holmes Rice Bishop Franklin Carpenter Fox Weaver Greene Lawrence Elliott Austin Lynch "
        "Armstrong Morgan Murphy Harper Wheeler Montgomery Gardner Jacobs Stevens Stephens "
        "Frazier Nichols Pearson Day Fletcher Barrett Gregory Newman Bates Clarke Clark Clerk "
        "Browne Smyth Whyte Reid Reade Thomson Johnston Philips Davies Davidson Nicholls"
    ),
    "gaelic": (
        "Murphy Kelly O'Brien Ryan O'Connor O'Sullivan Walsh McCarthy Gallagher Doyle Kennedy "
        "Murray Quinn McLaughlin O'Neill Lynch McDonald MacDonald McKenzie MacKenzie McGregor "
        "McIntyre Fitzgerald Fitzpatrick O'Donnell O'Reilly McLeod MacLeod McCormack Brennan "
        "Burke Byrne Nolan Flynn Keane McMahon Ó'Dowd Sheehan Duffy Cassidy"
    ),
    "iberian": (
        "García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Torres Flores "
        "Rivera Gómez Díaz Reyes Morales Cruz Ortiz Gutiérrez Chávez Ramos Ruiz Mendoza Álvarez "
        "Castillo Jiménez Vásquez Romero Herrera Medina Aguilar Muñoz Núñez Peña Ibáñez "
        "de_la_Cruz Del_Río Fonseca Araújo Conceição"
    ),
    "french": (
        "Dubois Leblanc Bouchard Gagné Côté Lefèvre Beaulieu Fournier Girard Tremblay Béliveau "
        "Desrosiers LaFleur Delacroix St._Pierre"
    ),
    "nordic": (
        "Hansen Olsen Larsen Nielsen Sørensen Jørgensen Lindström Åkesson Bergström Nyström "
        "Müller Schmidt Schneider Weiss Schäfer Köhler van_Dijk van_den_Berg de_Vries Vogel "
        "Zimmermann Krüger Hoffmann Schwartz Kaufmann Lindqvist Petersen Andersen"
    ),
    "slavic": (
        "Novak Kowalski Ivanov Petrov Sokolov Popov Horvat Wisniewski Nowak Dvorak Šimek Žukov "
        "Jankovic Petrovic Zelenko"
    ),
    "south_asian": (
        "Patel Singh Khan Kumar Sharma Ahmed Ali Hussain Begum Shah Gupta Reddy Rao Chowdhury "
        "Iyer Nair Mehta Malik Rahman Siddiqui al-Hassan El-Amin"
    ),
    "east_asian": (
        "Nguyen Kim Chen Wang Li Zhang Liu Tran Pham Park Choi Wong Chan Yang Huang Lin Wu Ng "
        "Tanaka Suzuki Sato Yamamoto Le Vo"
    ),
    "west_african": (
        "Washington Jefferson Booker Okafor Adeyemi Mensah Owusu Diallo Nwosu Okonkwo Boateng "
        "Toure Keita Banks Mosley Gaines"
    ),
}
RARE_STARTS = (
    "Ash Birch Black Brad Brock Brom Cald Chad Clif Cran Dal Den Dun East Ed Elm Fair Farn "
    "Gar Gold Grim Had Hal Hart Haver Hazel Hol Kel Kirk Lang Lin Lock Mar Mel Mill Nor Oak "
    "Pem Pick Ram Red Rock Ru Sel Shel Stan Star Swin Thorn Tre Under Wal War Wes Whit Win Wood"
)
RARE_ENDS = (
    "ford field ton ley well worth wood combe stead hurst bury by ham man bourne croft dale "
    "gate grave hill holt land low mere more ridge shaw son stock thorpe wick with"
)
