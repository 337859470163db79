//! Customers in files of others: what their columns say, and what is wrong with a row.

mod table;

pub use table::{MOST_BYTES, MOST_ROWS, Row, Table, TableError};

use serde::{Deserialize, Serialize};

use crate::customer::{CustomerDraft, Profile, split_tags};
use crate::locale::Locale;
use crate::rejection::Rejection;
use crate::{sheet, text};

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its file is here, and nothing of it was brought in.
    Uploaded,
    Started,
    Done,
}
crate::sql::text!(State);

impl State {
    const ALL: [Self; 3] = [Self::Uploaded, Self::Started, Self::Done];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Started => "started",
            Self::Done => "done",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What becomes of customers who are known by their address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "diesel", derive(diesel::AsExpression, diesel::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "snake_case")]
pub enum OnKnown {
    /// They stay as they are.
    #[default]
    Skip,
    /// What the file says takes the place of what was known: see [`Given::onto`].
    Update,
}
crate::sql::text!(OnKnown);

impl OnKnown {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Update => "update",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Skip, Self::Update].into_iter().find(|one| one.name() == name)
    }
}

/// A column of a file, as a person recognises it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub struct Column {
    pub name: String,
    /// What stands in the first three rows, 80 characters of each.
    pub samples: Vec<String>,
}

/// The columns of a table.
pub fn columns(table: &Table) -> Vec<Column> {
    let cut = |text: &str| text.trim().chars().take(80).collect::<String>();
    let sample = |row: &Row, index: usize| row.cells.get(index).map(|cell| cut(cell)).unwrap_or_default();
    let column = |(index, name): (usize, &String)| Column {
        name: cut(name),
        samples: table.rows.iter().take(3).map(|row| sample(row, index)).collect(),
    };
    table.header.iter().enumerate().map(column).collect()
}

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// All of it.
    Name,
    FirstName,
    LastName,
    Email,
    Phone,
    /// `fr` or `en`, or the name of the language in either.
    Language,
    Tags,
    Note,
}

impl Field {
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Phone,
        Self::Language,
        Self::Tags,
        Self::Note,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Language => "language",
            Self::Tags => "tags",
            Self::Note => "note",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Names of columns in French and English, as they are compared: see [`text::words`].
    const fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "name",
                "nom",
                "full name",
                "nom complet",
                "nom et prenom",
                "nom prenom",
                "prenom et nom",
                "prenom nom",
                "customer",
                "customer name",
                "client",
                "nom du client",
                "client name",
                "contact",
            ],
            Self::FirstName => &["first name", "firstname", "given name", "forename", "prenom"],
            Self::LastName => &["last name", "lastname", "surname", "family name", "nom de famille"],
            Self::Email => &[
                "email",
                "e mail",
                "mail",
                "email address",
                "e mail address",
                "mail address",
                "courriel",
                "adresse email",
                "adresse e mail",
                "adresse mail",
                "adresse electronique",
                "e mail 1 value",
            ],
            Self::Phone => &[
                "phone",
                "telephone",
                "tel",
                "mobile",
                "portable",
                "cell",
                "gsm",
                "phone number",
                "telephone number",
                "mobile phone",
                "mobile number",
                "cell phone",
                "numero",
                "numero de telephone",
                "telephone mobile",
                "telephone portable",
                "tel portable",
                "n de telephone",
                "phone 1 value",
            ],
            Self::Language => &["language", "langue", "lang", "locale", "langue des messages"],
            Self::Tags => &[
                "tag",
                "tags",
                "label",
                "labels",
                "etiquette",
                "etiquettes",
                "group",
                "groups",
                "groupe",
                "groupes",
            ],
            Self::Note => &[
                "note",
                "notes",
                "comment",
                "comments",
                "commentaire",
                "commentaires",
                "remark",
                "remarks",
                "remarque",
                "remarques",
                "internal note",
                "note interne",
            ],
        }
    }

    fn of_heading(heading: &str) -> Option<Self> {
        let words = text::words(heading).join(" ");
        Self::ALL.into_iter().find(|field| field.headings().contains(&words.as_str()))
    }
}

/// What the columns of these names likely say, each field once. A name beside a first name is the last name.
pub fn guess(header: &[String]) -> Vec<Option<Field>> {
    let mut fields: Vec<Option<Field>> = Vec::with_capacity(header.len());
    for heading in header {
        let field = Field::of_heading(heading).filter(|field| !fields.contains(&Some(*field)));
        fields.push(field);
    }
    if fields.contains(&Some(Field::FirstName)) && !fields.contains(&Some(Field::LastName)) {
        for field in &mut fields {
            if *field == Some(Field::Name) {
                *field = Some(Field::LastName);
            }
        }
    }
    fields
}

/// Refuses what can't be read: no address, no name, or two columns that say the same.
pub fn check(fields: &[Option<Field>]) -> Result<(), Rejection> {
    let has = |field| fields.contains(&Some(field));
    let mut wrong = crate::rejection::Fields::default();
    if !has(Field::Email) {
        wrong.add("/fields", "NO_EMAIL", "must name the column of the email address");
    }
    if ![Field::Name, Field::FirstName, Field::LastName].into_iter().any(has) {
        wrong.add("/fields", "NO_NAME", "must name the column of the name");
    }
    for (index, field) in fields.iter().enumerate() {
        if field.is_some() && fields.iter().take(index).any(|other| other == field) {
            wrong.add(format!("/fields/{index}"), "TWICE", "is said of another column already");
        }
    }
    wrong.finish()
}

/// Something wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// A [`Field`]'s name, or `row`.
    pub field: &'static str,
    pub code: &'static str,
    /// What stood there, its first 100 characters.
    pub value: String,
}

/// What a row says of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub profile: Profile,
    draft: CustomerDraft,
    locale: Option<Locale>,
}

impl Given {
    /// The profile with what the row says in the place of what was known; what the row leaves empty stays, and so do the
    /// tags.
    pub fn onto(&self, known: CustomerDraft) -> CustomerDraft {
        let CustomerDraft { name, phone, note, tags, .. } = self.draft.clone();
        CustomerDraft {
            name,
            phone: phone.or(known.phone),
            note: note.or(known.note),
            locale: self.locale.unwrap_or(known.locale),
            tags: known.tags.into_iter().chain(tags).collect(),
            email: known.email,
        }
    }
}

/// Reads a row. `locale` is of those who have none, `country` where their telephone numbers belong.
pub fn read(fields: &[Option<Field>], row: &Row, locale: Locale, country: &str) -> Result<Given, Vec<Flaw>> {
    let cell = |field| {
        let place = fields.iter().position(|one| *one == Some(field));
        place.and_then(|place| row.cells.get(place)).map_or("", |cell| sheet::plain(cell.trim()))
    };
    let flaw = |field: &'static str, code, value: &str| Flaw {
        field,
        code,
        value: value.chars().take(100).collect(),
    };
    if row.cells.iter().skip(fields.len()).any(|cell| !cell.trim().is_empty()) {
        return Err(vec![flaw("row", "TOO_MANY_CELLS", &row.cells.join(" "))]);
    }
    let names = [Field::Name, Field::FirstName, Field::LastName].map(cell);
    let name = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
    let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let draft = CustomerDraft {
        name,
        email: cell(Field::Email).to_owned(),
        phone: optional(cell(Field::Phone)),
        locale,
        note: optional(cell(Field::Note)).map(|note| note.replace("\r\n", "\n")),
        tags: split_tags(cell(Field::Tags)),
    };
    let mut flaws = Vec::new();
    let own = language(cell(Field::Language)).unwrap_or_else(|()| {
        flaws.push(flaw("language", "INVALID", cell(Field::Language)));
        None
    });
    let draft = CustomerDraft { locale: own.unwrap_or(locale), ..draft };
    match draft.profile(country) {
        Ok(profile) if flaws.is_empty() => return Ok(Given { profile, draft, locale: own }),
        Ok(_) => {}
        Err(refusal) => flaws.extend(flaws_of(&refusal, &draft)),
    }
    Err(flaws)
}

/// What a refusal says of the row that it is about, each field once.
pub fn flaws_of(refusal: &Rejection, draft: &CustomerDraft) -> Vec<Flaw> {
    let mut flaws: Vec<Flaw> = Vec::new();
    for error in &refusal.errors {
        let (field, value) = match error.pointer.split('/').nth(1).unwrap_or_default() {
            "name" => ("name", draft.name.clone()),
            "email" => ("email", draft.email.clone()),
            "phone" => ("phone", draft.phone.clone().unwrap_or_default()),
            "note" => ("note", draft.note.clone().unwrap_or_default()),
            "tags" => ("tags", draft.tags.join(", ")),
            _ => ("row", String::new()),
        };
        if flaws.iter().all(|known| known.field != field) {
            let code = if value.is_empty() { "REQUIRED" } else { error.code };
            flaws.push(Flaw { field, code, value: value.chars().take(100).collect() });
        }
    }
    flaws
}

/// The language that a cell names; none where it is empty.
fn language(text: &str) -> Result<Option<Locale>, ()> {
    let words = text::words(text);
    match words.first().map(String::as_str) {
        None => Ok(None),
        Some("fr" | "francais" | "french") => Ok(Some(Locale::Fr)),
        Some("en" | "anglais" | "english") => Ok(Some(Locale::En)),
        Some(_) => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(header: &[&str]) -> Vec<Option<Field>> {
        guess(&header.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>())
    }

    fn row(cells: &[&str]) -> Row {
        Row { line: 2, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() }
    }

    #[test]
    fn columns_are_known_by_their_names_in_both_languages() {
        use Field::{Email, FirstName, Language, LastName, Name, Note, Phone, Tags};
        assert_eq!(fields(&["Nom", "E-mail", "Téléphone"]), [Some(Name), Some(Email), Some(Phone)]);
        assert_eq!(fields(&["Nom", "Prénom", "Courriel"]), [Some(LastName), Some(FirstName), Some(Email)]);
        assert_eq!(
            fields(&[
                "First Name",
                "LAST NAME",
                "Email address",
                "Mobile",
                "Langue",
                "Étiquettes",
                "Notes",
                "Email",
                "Born"
            ]),
            [
                Some(FirstName),
                Some(LastName),
                Some(Email),
                Some(Phone),
                Some(Language),
                Some(Tags),
                Some(Note),
                None,
                None
            ]
        );
    }

    #[test]
    fn a_file_needs_addresses_and_names() {
        assert!(check(&fields(&["name", "email"])).is_ok());
        assert!(check(&fields(&["prénom", "mail"])).is_ok());
        assert_eq!(check(&fields(&["name"])).unwrap_err().errors[0].code, "NO_EMAIL");
        assert_eq!(check(&fields(&["email"])).unwrap_err().errors[0].code, "NO_NAME");
        let twice = [Some(Field::Name), Some(Field::Email), Some(Field::Name)];
        assert_eq!(check(&twice).unwrap_err().errors[0].pointer, "/fields/2");
    }

    #[test]
    fn a_row_says_who_or_what_is_wrong() {
        let fields = fields(&["Prénom", "Nom", "Email", "Tel", "Langue", "Tags", "Note"]);
        let read = |cells: &[&str]| read(&fields, &row(cells), Locale::Fr, "FR");
        let given =
            read(&["Zoé", "Petit", "zoe@example.org", "06 12 34 56 78", "English", "VIP; vip", "'=1"])
                .unwrap();
        assert_eq!(given.profile.name, "Zoé Petit");
        assert_eq!(given.profile.phone_e164.as_deref(), Some("+33612345678"));
        assert_eq!((given.profile.locale, given.profile.tags.len()), (Locale::En, 1));
        assert_eq!(given.profile.note.as_deref(), Some("=1"));
        assert!(read(&["Zoé", "", "zoe@example.org"]).is_ok());
        let flaws = read(&["", "", "zoe", "1", "Klingon", "a", ""]).unwrap_err();
        let told: Vec<_> = flaws.iter().map(|flaw| (flaw.field, flaw.code, &*flaw.value)).collect();
        assert_eq!(
            told,
            [
                ("language", "INVALID", "Klingon"),
                ("name", "REQUIRED", ""),
                ("email", "INVALID", "zoe"),
                ("phone", "INVALID", "1")
            ]
        );
        assert_eq!(read(&["Zoé", "P", ""]).unwrap_err()[0].code, "REQUIRED");
        let long = read(&["Zoé", "P", "z@example.org", "", "", "", "", "more"]).unwrap_err();
        assert_eq!((long[0].field, long[0].code), ("row", "TOO_MANY_CELLS"));
    }

    #[test]
    fn what_a_row_leaves_empty_stays() {
        let fields = fields(&["Name", "Email", "Phone", "Tags"]);
        let given = read(&fields, &row(&["Zoé", "ZOE@example.org", "", "new"]), Locale::Fr, "FR").unwrap();
        let known = CustomerDraft {
            name: "Z".to_owned(),
            email: "zoe@example.org".to_owned(),
            phone: Some("+33612345678".to_owned()),
            locale: Locale::En,
            note: Some("tea".to_owned()),
            tags: vec!["old".to_owned()],
        };
        let changed = given.onto(known.clone());
        assert_eq!(
            changed,
            CustomerDraft {
                name: "Zoé".to_owned(), tags: vec!["old".to_owned(), "new".to_owned()], ..known
            }
        );
    }
}
