//! Short lists of invented names that combine to hundreds of people, clients and pieces of work.

use super::rng::Rng;

/// The origin of a contractor.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) country: &'static str,
    pub(super) code: &'static str,
    first: [&'static str; 6],
    last: [&'static str; 6],
}

const fn origin(
    country: &'static str,
    code: &'static str,
    first: [&'static str; 6],
    last: [&'static str; 6],
) -> Origin {
    Origin { country, code, first, last }
}

#[rustfmt::skip]
const ORIGINS: [Origin; 23] = [
    origin("United Kingdom", "GB", ["Harriet", "Callum", "Imogen", "Rhys", "Charlotte", "Fergus"], ["Whitfield", "Ashworth", "Hughes", "Caldwell", "Merrick", "Pemberton"]),
    origin("Nigeria", "NG", ["Amara", "Chidi", "Ngozi", "Tunde", "Folake", "Emeka"], ["Okoye", "Adeyemi", "Balogun", "Eze", "Nwosu", "Bello"]),
    origin("India", "IN", ["Meera", "Rohan", "Ananya", "Vikram", "Kavya", "Arjun"], ["Iyer", "Deshpande", "Banerjee", "Kulkarni", "Nair", "Chaudhary"]),
    origin("Poland", "PL", ["Zofia", "Marek", "Agnieszka", "Paweł", "Kinga", "Łukasz"], ["Kowalczyk", "Wójcik", "Zieliński", "Mazur", "Nowicka", "Dąbrowski"]),
    origin("France", "FR", ["Élodie", "Mathieu", "Camille", "Bastien", "Noémie", "Théo"], ["Lefèvre", "Moreau", "Garnier", "Chevalier", "Roussel", "Béranger"]),
    origin("Germany", "DE", ["Annika", "Jonas", "Greta", "Lukas", "Franziska", "Moritz"], ["Schäfer", "Brandt", "Köhler", "Vogel", "Lindemann", "Krüger"]),
    origin("Spain", "ES", ["Lucía", "Álvaro", "Marta", "Iñigo", "Carmen", "Sergio"], ["Muñoz", "Herrera", "Ibáñez", "Castillo", "Navarro", "Vega"]),
    origin("Portugal", "PT", ["Inês", "João", "Beatriz", "Tiago", "Leonor", "Duarte"], ["Carvalho", "Sequeira", "Antunes", "Nogueira", "Magalhães", "Teixeira"]),
    origin("Italy", "IT", ["Chiara", "Matteo", "Giulia", "Davide", "Elisa", "Lorenzo"], ["Bianchi", "Ferrara", "Moretti", "Galli", "Rinaldi", "Conti"]),
    origin("Sweden", "SE", ["Linnéa", "Oskar", "Elin", "Björn", "Saga", "Viktor"], ["Åkesson", "Lindqvist", "Nyström", "Bergman", "Sjögren", "Hallberg"]),
    origin("Denmark", "DK", ["Freja", "Søren", "Astrid", "Mikkel", "Signe", "Rasmus"], ["Østergaard", "Kjær", "Holm", "Thomsen", "Lund", "Bach"]),
    origin("Türkiye", "TR", ["Elif", "Emre", "Zeynep", "Kerem", "Defne", "Barış"], ["Yıldız", "Demir", "Aydın", "Kaya", "Şahin", "Öztürk"]),
    origin("Iran", "IR", ["Shirin", "Kaveh", "Parisa", "Dariush", "Leila", "Arash"], ["Tehrani", "Rostami", "Karimi", "Farahani", "Sadeghi", "Moradi"]),
    origin("Japan", "JP", ["Haruka", "Kenji", "Aiko", "Daichi", "Yumi", "Sora"], ["Tanaka", "Nakamura", "Fujimoto", "Hayashi", "Okada", "Shimizu"]),
    origin("South Korea", "KR", ["Ji-woo", "Min-jun", "Seo-yeon", "Hyun", "Ha-eun", "Tae-yang"], ["Kim", "Park", "Choi", "Jeong", "Kang", "Yoon"]),
    origin("Hong Kong", "HK", ["Wing", "Ka-ho", "Mei", "Chun", "Suet", "Jasper"], ["Leung", "Chan", "Lau", "Ng", "Cheung", "Fong"]),
    origin("Viet Nam", "VN", ["Linh", "Minh", "Thảo", "Quang", "Hương", "Đức"], ["Nguyễn", "Trần", "Phạm", "Hoàng", "Vũ", "Đặng"]),
    origin("Egypt", "EG", ["Yasmin", "Karim", "Nour", "Omar", "Salma", "Tarek"], ["Mansour", "Fahmy", "El-Sayed", "Haddad", "Nasser", "Shafik"]),
    origin("Kenya", "KE", ["Wanjiru", "Otieno", "Akinyi", "Kamau", "Njeri", "Kipchoge"], ["Mwangi", "Odhiambo", "Kariuki", "Wekesa", "Chebet", "Omondi"]),
    origin("South Africa", "ZA", ["Thandi", "Sipho", "Lerato", "Pieter", "Nomsa", "Kagiso"], ["Dlamini", "van der Merwe", "Mokoena", "Naidoo", "Botha", "Khumalo"]),
    origin("Brazil", "BR", ["Larissa", "Thiago", "Fernanda", "Caio", "Júlia", "Rafael"], ["Oliveira", "Souza", "Araújo", "Barbosa", "Monteiro", "Peixoto"]),
    origin("Ireland", "IE", ["Aoife", "Cillian", "Niamh", "Oisín", "Saoirse", "Declan"], ["Gallagher", "Byrne", "Ó Briain", "Kavanagh", "Doyle", "Nolan"]),
    origin("United States", "US", ["Naomi", "Marcus", "Rosa", "Dwayne", "Leah", "Ezra"], ["Whitaker", "Delgado", "Freeman", "Goldberg", "Sandoval", "Tran"]),
];

/// A person's name, from which the e-mail address derives.
#[derive(Clone, Debug)]
pub(super) struct SimPerson {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) origin: &'static Origin,
    /// Distinguishes people of the same name; 0 for the first.
    namesake: u64,
}

impl SimPerson {
    /// Returns person `number` of a kind: no two share a name until every name is used.
    pub(super) fn of(seed: u64, kind: &str, number: u64) -> Self {
        const ALL: u64 = 23 * 36;
        // 587 and 828 are coprime, so steps of 587 visit every name once before any twice.
        let place = (Rng::of(seed, kind, 0).below(ALL) + number * 587) % ALL;
        let at = |place: u64| usize::try_from(place).unwrap_or(0);
        let origin = &ORIGINS[at(place / 36)];
        let (first, last) = (origin.first[at(place / 6 % 6)], origin.last[at(place % 6)]);
        Self { first, last, origin, namesake: number / ALL }
    }

    pub(super) fn full(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    pub(super) fn email(&self) -> String {
        let mut text: String = format!("{}.{}", self.first, self.last)
            .chars()
            .filter(|letter| *letter != ' ')
            .map(plain)
            .collect::<String>()
            .to_ascii_lowercase();
        if self.namesake > 0 {
            text.push_str(&(self.namesake + 1).to_string());
        }
        text.push_str("@example.com");
        text
    }
}

/// Returns the letter's form in e-mail addresses.
fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'ã' | 'ą' | 'ä' | 'å' | 'ả' | 'ạ' | 'ă' | 'ặ' | 'ầ' | 'æ' => 'a',
        'Å' | 'Á' => 'A',
        'ç' => 'c',
        'Đ' => 'D',
        'é' | 'è' | 'ê' | 'ễ' => 'e',
        'É' => 'E',
        'í' | 'ı' => 'i',
        'Ł' => 'L',
        'ł' => 'l',
        'ń' | 'ñ' => 'n',
        'ó' | 'ö' | 'ø' | 'ô' => 'o',
        'Ö' | 'Ø' | 'Ó' => 'O',
        'ş' => 's',
        'Ş' => 'S',
        'ü' | 'ú' | 'ũ' | 'ư' | 'ơ' | 'ứ' => 'u',
        other => other,
    }
}

/// Returns a client's name; the first 160 are distinct.
pub(super) fn client(seed: u64, number: u64) -> String {
    const FIRST: [&str; 16] = [
        "Northwind",
        "Larkspur",
        "Meridian",
        "Copperfield",
        "Bluewater",
        "Hollis & Vane",
        "Juniper",
        "Redwing",
        "Saltmarsh",
        "Tidewell",
        "Umbra",
        "Fernhill",
        "Quayside",
        "Halcyon",
        "Kestrel",
        "Oakmoor",
    ];
    const LAST: [&str; 10] =
        ["Studios", "Bank", "Foods", "Health", "Media", "Energy", "Retail", "Labs", "Insurance", "Travel"];
    let places = Rng::of(seed, "client names", 0).below(160) + number * 37;
    let place = usize::try_from(places % 160).unwrap_or(0);
    format!("{} {}", FIRST[place / 10], LAST[place % 10])
}

/// The purposes of contracts.
pub(super) const CAMPAIGNS: [&str; 28] = [
    "Autumn campaign",
    "Spring campaign",
    "Winter sale",
    "Brand refresh",
    "Mobile app relaunch",
    "Loyalty programme",
    "Checkout redesign",
    "Annual report",
    "Onboarding revamp",
    "Data platform",
    "Customer portal",
    "Design system",
    "Podcast series",
    "Product launch film",
    "Store opening",
    "Accessibility audit",
    "Payments migration",
    "Help centre",
    "Newsletter relaunch",
    "Market research",
    "Recruitment drive",
    "Partner microsite",
    "Search rebuild",
    "CRM clean-up",
    "Packaging update",
    "Investor day",
    "Sustainability report",
    "Summer festival",
];

/// The kinds of work that requisitions pay for, as a word in their title.
pub(super) const PURPOSES: [&str; 6] = ["design", "engineering", "content", "production", "research", "delivery"];

/// Job titles, with the lowest and highest day rate in pounds.
pub(super) const JOBS: [(&str, i64, i64); 26] = [
    ("Senior designer", 380, 520),
    ("Product designer", 350, 550),
    ("UX researcher", 360, 500),
    ("Copywriter", 260, 400),
    ("Content strategist", 320, 460),
    ("Front-end developer", 400, 600),
    ("Back-end developer", 420, 650),
    ("Data engineer", 450, 700),
    ("Data analyst", 320, 480),
    ("iOS developer", 430, 640),
    ("Android developer", 430, 640),
    ("QA engineer", 300, 450),
    ("DevOps engineer", 480, 720),
    ("Project manager", 350, 520),
    ("Programme director", 600, 900),
    ("Art director", 400, 620),
    ("Motion designer", 360, 540),
    ("Illustrator", 280, 450),
    ("Photographer", 300, 600),
    ("Video editor", 280, 460),
    ("Sound designer", 280, 430),
    ("Producer", 320, 480),
    ("Service designer", 420, 620),
    ("Business analyst", 400, 580),
    ("SEO specialist", 300, 450),
    ("Translator", 220, 340),
];

/// Currencies, with the approximate amount that equals one pound, in hundredths.
pub(super) const CURRENCIES: [(&str, i64); 10] = [
    ("GBP", 100),
    ("EUR", 117),
    ("USD", 130),
    ("AUD", 195),
    ("CAD", 175),
    ("CHF", 110),
    ("SEK", 1300),
    ("PLN", 500),
    ("NZD", 215),
    ("SGD", 170),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn eight_hundred_people_have_eight_hundred_names_and_addresses() {
        let people: Vec<SimPerson> = (0..828).map(|number| SimPerson::of(3, "contractor", number)).collect();
        assert_eq!(people.iter().map(SimPerson::full).collect::<BTreeSet<_>>().len(), 828);
        let emails: BTreeSet<String> = people.iter().map(SimPerson::email).collect();
        assert!(emails.iter().all(|email| email.is_ascii() && !email.contains(' ')), "{emails:?}");
        assert_ne!(SimPerson::of(3, "contractor", 0).email(), SimPerson::of(3, "contractor", 828).email());
    }

    #[test]
    fn clients_are_told_apart() {
        assert_eq!((0..160).map(|number| client(1, number)).collect::<BTreeSet<_>>().len(), 160);
    }
}
