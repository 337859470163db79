//! As much HTML as it takes to fill a form: tags with quoted attributes, as our templates write them.

/// A form of a page.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub action: String,
    pub is_post: bool,
    pub controls: Vec<Control>,
    /// Names and values of its buttons.
    pub buttons: Vec<(String, String)>,
}

/// What carries a value.
#[derive(Clone, Debug)]
pub struct Control {
    pub name: String,
    pub value: String,
    /// A box or one of several options, which may be unchecked.
    pub is_box: bool,
    pub is_sent: bool,
}

struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, String)>,
    /// What comes after it.
    rest: &'a str,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(own, _)| *own == name).map(|(_, value)| value.clone())
    }

    fn value(&self) -> String {
        self.get("value").unwrap_or_default()
    }
}

/// The forms of a page, in their order. Controls outside of a form that name it belong to none here.
pub(crate) fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let (mut is_inside, mut select) = (false, None::<String>);
    for tag in tags(html) {
        if tag.name == "form" {
            is_inside = true;
            let is_post = tag.get("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
            forms.push(Form { action: tag.get("action").unwrap_or_default(), is_post, ..Form::default() });
        }
        is_inside &= tag.name != "/form";
        let Some(form) = forms.last_mut().filter(|_| is_inside) else { continue };
        match tag.name {
            "input" => {
                let Some(name) = tag.get("name") else { continue };
                let is_box = matches!(tag.get("type").as_deref(), Some("checkbox" | "radio"));
                let is_sent = !is_box || tag.get("checked").is_some();
                form.controls.push(Control { name, value: tag.value(), is_box, is_sent });
            }
            "textarea" => {
                let Some(name) = tag.get("name") else { continue };
                let text = tag.rest.split("</textarea").next().unwrap_or_default();
                let value = unescaped(text.strip_prefix('\n').unwrap_or(text));
                form.controls.push(Control { name, value, is_box: false, is_sent: true });
            }
            "select" => select = tag.get("name"),
            "/select" => select = None,
            "option" => {
                let Some(name) = &select else { continue };
                let is_first = !form.controls.iter().any(|control| control.name == *name);
                let is_sent = is_first || tag.get("selected").is_some();
                if is_sent {
                    // The last that is selected counts.
                    form.controls.retain(|control| control.name != *name);
                }
                form.controls.push(Control {
                    name: name.clone(),
                    value: tag.value(),
                    is_box: false,
                    is_sent,
                });
            }
            "button" => form.buttons.extend(tag.get("name").map(|name| (name, tag.value()))),
            _ => {}
        }
    }
    forms
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let end = after.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(after.len());
        let (name, mut inside) = after.split_at(end);
        let mut attributes = Vec::new();
        loop {
            inside = inside.trim_start();
            if inside.is_empty() || inside.starts_with('>') || inside.starts_with('<') {
                break;
            }
            let end =
                inside.find(|c: char| c.is_whitespace() || c == '=' || c == '>').unwrap_or(inside.len());
            let (key, after_key) = inside.split_at(end.max(1));
            let quote = after_key.strip_prefix('=').and_then(|value| value.chars().next());
            if let Some(quote @ ('"' | '\'')) = quote {
                let mut parts = after_key[2..].splitn(2, quote);
                attributes.push((key, unescaped(parts.next().unwrap_or_default())));
                inside = parts.next().unwrap_or_default();
            } else {
                attributes.push((key, String::new()));
                inside = after_key.strip_prefix('=').unwrap_or(after_key);
            }
        }
        rest = inside.strip_prefix('>').unwrap_or(inside);
        tags.push(Tag { name, attributes, rest });
    }
    tags
}

/// The five characters that templates escape.
fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_with_what_stands_there() {
        let html = r#"<p>a < b</p><form method="post" action="/a?x=1&amp;y=2"><input type="hidden" name="csrf" value="t&quot;k">
            <input name="q" required value="&lt;é"><input type="checkbox" name="on" value="1" checked><input type="checkbox" name="off">
            <select name="s"><option value="1">One</option><option value="2" selected>Two</option></select>
            <textarea name="t" rows="3">
two
lines</textarea><button name="do" value="save">Save</button></form><input name="outside">"#;
        let [form] = &forms(html)[..] else { panic!() };
        assert_eq!((form.action.as_str(), form.is_post), ("/a?x=1&y=2", true));
        let sent: Vec<_> = form.controls.iter().filter(|control| control.is_sent).collect();
        let pairs: Vec<_> = sent.iter().map(|control| (&*control.name, &*control.value)).collect();
        assert_eq!(pairs, [("csrf", "t\"k"), ("q", "<é"), ("on", "1"), ("s", "2"), ("t", "two\nlines")]);
        assert_eq!(form.buttons, [("do".to_owned(), "save".to_owned())]);
    }
}
