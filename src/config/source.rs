//! Where settings come from: the environment first, then `.env`, then `outrigger.toml`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A file that cannot be read as what it should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// The file named on the command line is not there, or unreadable.
    #[error("{} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// Not TOML.
    #[error("{} is not valid TOML: {reason}", path.display())]
    NotToml {
        /// Which file.
        path: PathBuf,
        /// What the parser said, without the line.
        reason: String,
    },
    /// `.env` has a line that is none.
    #[error(".env has a line that is not KEY=value")]
    NotEnv,
}

/// Settings as texts, by their names in the environment.
#[derive(Default)]
pub(crate) struct Source {
    values: BTreeMap<String, String>,
    /// Names found in the file, to tell about unknown ones; the environment is full of other programs' names.
    from_file: Vec<String>,
}

impl Source {
    /// Reads all three.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, SourceError> {
        let mut source = Self::default();
        source.add_file(file)?;
        if let Ok(lines) = dotenvy::from_filename_iter(".env") {
            for line in lines {
                // The offending line may hold a secret: it is not repeated.
                let (key, value) = line.map_err(|_| SourceError::NotEnv)?;
                source.values.insert(key, value);
            }
        }
        source.values.extend(
            std::env::vars_os().filter_map(|(key, value)| {
                Some((key.into_string().ok()?, value.into_string().ok()?))
            }),
        );
        Ok(source)
    }

    fn add_file(&mut self, file: Option<&Path>) -> Result<(), SourceError> {
        let path = file.map_or_else(|| PathBuf::from("outrigger.toml"), Path::to_owned);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(());
            }
            Err(error) => return Err(SourceError::Unreadable(path, error)),
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            SourceError::NotToml { path, reason: error.message().to_owned() }
        })?;
        for (key, value) in table {
            let key = key.to_ascii_uppercase();
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
                other => plain(&other),
            };
            self.from_file.push(key.clone());
            self.values.insert(key, text);
        }
        Ok(())
    }

    /// The setting of that name; an empty one counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// Gives a setting that is absent.
    pub(crate) fn set_default(&mut self, key: &str, value: impl Into<String>) {
        if self.get(key).is_none() {
            self.values.insert(key.to_owned(), value.into());
        }
    }

    /// Names in the configuration file.
    pub(crate) fn file_keys(&self) -> impl Iterator<Item = &str> {
        self.from_file.iter().map(String::as_str)
    }

    #[cfg(test)]
    pub(crate) fn of(values: &[(&str, &str)]) -> Self {
        let values = values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Self { values: values.collect(), from_file: Vec::new() }
    }
}

impl Clone for Source {
    fn clone(&self) -> Self {
        Self { values: self.values.clone(), from_file: self.from_file.clone() }
    }
}

fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
