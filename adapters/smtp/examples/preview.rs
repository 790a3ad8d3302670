//! Writes every e-mail, filled with its sample, into a folder: `cargo run -p outrigger-smtp --example preview -- DIR`.
//!
//! `<name>.html` and `<name>.txt` are what is sent; `<name>-required.html` is filled with what it must be given only.

use std::{env, error::Error, fs, path::PathBuf, sync::Arc};

use outrigger_domain::{
    email::{Address, MailTemplate},
    ports::MailRenderer,
    time::SystemClock,
};
use outrigger_smtp::{Brand, Templates};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("which folder?")?);
    fs::create_dir_all(&folder)?;
    let brand = Brand {
        app_name: "Quiz Blog".into(),
        support_email: Some(Address::new("help@quizblog.example")?),
        base_url: Some("https://quizblog.example".into()),
    };
    let templates = Templates::new(&brand, Arc::new(SystemClock))?;
    for template in MailTemplate::ALL {
        let name = template.as_str();
        let mut vars = template.sample();
        let mail = templates.render(template, &vars)?;
        fs::write(folder.join(format!("{name}.html")), mail.html)?;
        fs::write(
            folder.join(format!("{name}.txt")),
            format!("{}\n\n{}", mail.subject, mail.text),
        )?;
        vars.retain(|name, _| template.required().contains(&name.as_str()));
        let mail = templates.render(template, &vars)?;
        fs::write(folder.join(format!("{name}-required.html")), mail.html)?;
        fs::write(
            folder.join(format!("{name}-required.txt")),
            format!("{}\n\n{}", mail.subject, mail.text),
        )?;
    }
    Ok(())
}
