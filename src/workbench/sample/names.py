"""Given names of the made-up people, by origin, commonest first, and their short forms."""

from __future__ import annotations

FEMALE: dict[str, str] = {
    "english": (
        "Mary Jennifer Elizabeth Susan Jessica Sarah Karen Margaret Nancy Emily Rebecca Laura "
        "Katherine Deborah Barbara Patricia Linda Amanda Stephanie Christine Victoria Dorothy "
        "Rachel Caroline Samantha Catherine Heather Judith Megan Alice Joan Abigail Hannah "
        "Madeline Eleanor Charlotte Frances Jacqueline Pamela Theresa Gloria Grace Ruth "
        "Harriet Beatrice Penelope Josephine Philippa Rosemary Winifred Georgina Matilda "
        "Clementine Henrietta Tabitha Prudence Cordelia Marjorie Evelyn Florence Hazel Ivy "
        "Daisy Violet Amelia Isabella Olivia Sophia Ava Chloe Lucy Jane Anne Helen Joyce Diane "
        "Sharon Donna Carol Brenda Cheryl Gail Tracy Dawn Wendy Paula Robin Leslie Kim"
    ),
    "gaelic": (
        "Siobhan Niamh Aoife Bridget Maureen Kathleen Colleen Deirdre Fiona Eileen Maeve "
        "Róisín Orla Sinéad Gráinne Caitlin Shannon Moira Isla Morag"
    ),
    "iberian": (
        "María Guadalupe Carmen Ana Rosa Isabel Lucía Elena Sofía Teresa Alejandra Gabriela "
        "Valentina Marisol Dolores Pilar Beatriz Inés Concepción Ximena Yolanda Esperanza "
        "Raquel Mercedes Consuelo"
    ),
    "french": (
        "Marie Chantal Amélie Geneviève Élise Céline Noémie Margaux Hélène Delphine Camille "
        "Odette Sylvie Monique Colette"
    ),
    "nordic": (
        "Ingrid Astrid Kirsten Solveig Sigrid Freya Annika Linnéa Åsa Maja Karin Birgitta "
        "Elsa Greta Heidi Ursula Gretchen Annelise Liesl Frieda"
    ),
    "slavic": (
        "Natalia Svetlana Ekaterina Irina Olga Tatiana Anastasia Ludmila Magdalena Zofia "
        "Katarzyna Agnieszka Milena Vesna Petra"
    ),
    "south_asian": (
        "Priya Anjali Lakshmi Sunita Deepa Kavita Meera Nisha Aisha Fatima Zainab Pooja Radha "
        "Shreya Ananya Farah Nadia Samira Leila Yasmin"
    ),
    "east_asian": (
        "Mei Li-Hua Xiu Yan Jing Min-Ji Soo-Jin Eun Hana Yuki Akiko Keiko Thuy Lan Linh "
        "Ngoc Phuong Hui Qing Ying"
    ),
    "west_african": (
        "Ngozi Chioma Amara Adaeze Folake Abena Akosua Efua Imani Latoya Keisha Tamika "
        "Shanice Ebony Aaliyah"
    ),
}
MALE: dict[str, str] = {
    "english": (
        "James Robert John Michael William David Richard Joseph Thomas Christopher Charles "
        "Daniel Matthew Anthony Donald Steven Andrew Kenneth Joshua Edward Timothy Ronald "
        "Jeffrey Nicholas Jonathan Stephen Lawrence Benjamin Samuel Gregory Alexander Patrick "
        "Frank Raymond Gerald Walter Peter Harold Douglas Henry Arthur Albert Philip Theodore "
        "Zachary Nathaniel Frederick Leonard Leonard Vincent Martin Eugene Stanley Ernest "
        "Phillip Curtis Allen Clifford Herbert Alfred Bernard Maxwell Oliver Archibald Rupert "
        "Barnaby Reginald Percival Cedric Mortimer Humphrey Mark Paul George Brian Kevin Gary "
        "Eric Scott Brandon Justin Tyler Aaron Jack Dennis Jerry Adam Ethan Noah Liam Mason "
        "Logan Lucas Jacob Roy Bruce Carl Keith Roger Wayne Glenn Dale Neil Ross Graham Nigel"
    ),
    "gaelic": (
        "Sean Seán Eoin Declan Cormac Brendan Padraig Fergus Finbar Conor Kieran Ronan Hamish "
        "Callum Angus Alasdair Duncan Lachlan Niall Dermot"
    ),
    "iberian": (
        "José Juan Luis Carlos Jesús Miguel Francisco Antonio Alejandro Pedro Manuel Rafael "
        "Fernando Javier Eduardo Ramón Joaquín Andrés Ángel Héctor Guillermo Ignacio Enrique "
        "Salvador Esteban"
    ),
    "french": (
        "Jean-Pierre André François René Étienne Gérard Luc Benoît Rémy Thierry Marcel Hugo "
        "Bastien Olivier Jean-Luc"
    ),
    "nordic": (
        "Erik Lars Björn Anders Søren Nils Olaf Magnus Håkan Jörg Klaus Jürgen Hans Dieter "
        "Stefan Axel Henrik Matthias Gunther Torsten"
    ),
    "slavic": (
        "Dmitri Sergei Vladimir Mikhail Alexei Ivan Yuri Piotr Marek Tomasz Zbigniew Milan "
        "Goran Dragan Luka"
    ),
    "south_asian": (
        "Raj Arjun Sanjay Vikram Anil Suresh Rahul Amit Mohammed Ahmed Imran Ali Hassan Omar "
        "Yusuf Tariq Krishna Deepak Karim Bilal"
    ),
    "east_asian": (
        "Wei Jun Ming Hao Chen Tao Sung-Min Jin-Ho Hiroshi Kenji Takeshi Minh Duc Tuan Quang "
        "Huy Jian Bo Lei Feng"
    ),
    "west_african": (
        "Chinedu Emeka Kwame Kofi Kwabena Oluwaseun Tunde Babajide Malik Jamal Darnell Tyrone "
        "DeShawn Marquis Terrell"
    ),
}
ORIGIN_SHARES: dict[str, float] = {
    "english": 0.56, "gaelic": 0.09, "iberian": 0.13, "french": 0.03, "nordic": 0.06,
    "slavic": 0.03, "south_asian": 0.04, "east_asian": 0.03, "west_african": 0.03,
}
SHORT_FORMS: dict[str, str] = {
    "Jennifer": "Jen Jenny", "Elizabeth": "Liz Beth Betty", "Susan": "Sue Suzie",
    "Jessica": "Jess Jessie", "Sarah": "Sally Sadie", "Margaret": "Peggy Maggie Meg",
    "Nancy": "Nan", "Emily": "Em Emmy", "Rebecca": "Becky Becca", "Katherine": "Kate Kathy Katie",
    "Deborah": "Debbie Deb", "Barbara": "Barb Babs", "Patricia": "Pat Patty Trish",
    "Linda": "Lindy", "Amanda": "Mandy", "Stephanie": "Steph", "Christine": "Chris Chrissie Tina",
    "Victoria": "Vicky Tori", "Dorothy": "Dot Dottie", "Rachel": "Rach", "Caroline": "Carrie Caro",
    "Samantha": "Sam Sammy", "Catherine": "Cathy Kate Cat", "Judith": "Judy", "Abigail": "Abby",
    "Madeline": "Maddie", "Eleanor": "Ellie Nell", "Charlotte": "Lottie Charlie",
    "Frances": "Fran Frankie", "Jacqueline": "Jackie", "Pamela": "Pam", "Theresa": "Terry Tess",
    "Josephine": "Jo Josie", "Philippa": "Pippa", "Penelope": "Penny", "Georgina": "Georgie",
    "Matilda": "Tilly", "Isabella": "Bella Izzy", "Olivia": "Liv Livvy", "Sophia": "Sophie",
    "Amelia": "Millie", "Alice": "Ali", "Kathleen": "Kathy Kay", "Bridget": "Bridie",
    "Guadalupe": "Lupe", "Isabel": "Isa", "Dolores": "Lola", "Concepción": "Concha",
    "Teresa": "Tere", "Alejandra": "Ale", "Gabriela": "Gaby", "Marie": "Manon",
    "Natalia": "Natasha", "Ekaterina": "Katya", "Anastasia": "Nastia", "Magdalena": "Magda",
    "Katarzyna": "Kasia", "Mary": "Molly Polly", "Laura": "Laurie", "Joan": "Joanie",
    "James": "Jim Jimmy Jamie", "Robert": "Bob Rob Bobby", "John": "Jack Johnny",
    "Michael": "Mike Mick", "William": "Bill Will Billy", "David": "Dave Davy",
    "Richard": "Dick Rick Rich", "Joseph": "Joe Joey", "Thomas": "Tom Tommy",
    "Christopher": "Chris Kit", "Charles": "Charlie Chuck", "Daniel": "Dan Danny",
    "Matthew": "Matt", "Anthony": "Tony", "Donald": "Don Donnie", "Steven": "Steve",
    "Andrew": "Andy Drew", "Kenneth": "Ken Kenny", "Joshua": "Josh", "Edward": "Ed Ted Ned",
    "Timothy": "Tim", "Ronald": "Ron Ronnie", "Jeffrey": "Jeff", "Nicholas": "Nick",
    "Jonathan": "Jon Johnny", "Stephen": "Steve", "Lawrence": "Larry", "Benjamin": "Ben Benny",
    "Samuel": "Sam", "Gregory": "Greg", "Alexander": "Alex Sandy", "Patrick": "Pat Paddy",
    "Raymond": "Ray", "Gerald": "Gerry Jerry", "Walter": "Walt Wally", "Peter": "Pete",
    "Harold": "Harry Hal", "Douglas": "Doug", "Henry": "Harry Hank", "Arthur": "Art",
    "Albert": "Al Bert", "Philip": "Phil", "Theodore": "Ted Theo", "Zachary": "Zach",
    "Nathaniel": "Nate Nat", "Frederick": "Fred Freddie", "Leonard": "Len Lenny",
    "Vincent": "Vince", "Martin": "Marty", "Eugene": "Gene", "Stanley": "Stan",
    "Phillip": "Phil", "Clifford": "Cliff", "Herbert": "Herb Bert", "Alfred": "Alf Fred",
    "Bernard": "Bernie", "Maxwell": "Max", "Oliver": "Ollie", "Archibald": "Archie",
    "Francisco": "Paco Pancho", "José": "Pepe", "Jesús": "Chuy", "Alejandro": "Alex",
    "Manuel": "Manny", "Rafael": "Rafa", "Eduardo": "Eddie", "Guillermo": "Memo",
    "Ignacio": "Nacho", "Enrique": "Quique", "Vladimir": "Volodya", "Mikhail": "Misha",
    "Dmitri": "Dima", "Alexei": "Alyosha", "Mohammed": "Mo", "Brendan": "Bren",
}
