//! Statements that take the values of many rows.
//!
//! Each statement costs its way to another thread and back, so rows that can be written together are. Their values are
//! bound one by one, which is half the work of taking them out of JSON. There are some sizes of each statement, so that few
//! are prepared and kept; the places that are left over are null.

use sqlx::{
    Arguments as _, Encode, Sqlite, SqliteConnection, Type,
    sqlite::{SqliteArguments, SqliteQueryResult},
};

use crate::failure::unsound;

/// Rows that a statement has places for.
const SIZES: [usize; 7] = [2, 4, 8, 16, 32, 64, 128];

/// Rows of one statement at most.
pub(crate) const AT_ONCE: usize = 128;

/// Bytes of what stands in the rows of one statement, and one more row.
pub(crate) const SHEET: usize = 256 * 1024;

/// A statement in all its sizes.
pub(crate) struct Statement {
    columns: usize,
    sizes: [String; SIZES.len()],
}

impl Statement {
    /// `before` and `behind` stand around the rows, whose columns are `column1`, `column2` and so on.
    pub(crate) fn of(before: &str, columns: usize, behind: &str) -> Self {
        let row = format!("({})", vec!["?"; columns].join(","));
        let sized =
            |size| format!("{before} (VALUES {}) {behind}", vec![row.as_str(); size].join(","));
        Self { columns, sizes: SIZES.map(sized) }
    }

    /// The smallest with places for so many rows, and how many it has.
    pub(crate) fn for_rows(&self, rows: usize) -> Option<(&str, usize)> {
        let mut sizes = self.sizes.iter().zip(SIZES);
        sizes.find(|(_, size)| *size >= rows).map(|(text, size)| (text.as_str(), size))
    }
}

/// A mistake of ours.
#[derive(Debug, thiserror::Error)]
#[error("more rows than one statement takes")]
struct TooMany;

/// What is bound to a statement: [`AT_ONCE`] rows at most.
#[derive(Default)]
pub(crate) struct Values<'q>(SqliteArguments<'q>);

impl<'q> Values<'q> {
    /// The next one.
    pub(crate) fn add(
        &mut self,
        value: impl Encode<'q, Sqlite> + Type<Sqlite> + 'q,
    ) -> sqlx::Result<()> {
        self.0.add(value).map_err(sqlx::Error::Encode)
    }

    /// Runs the statement with them.
    pub(crate) async fn write(
        mut self,
        db: &mut SqliteConnection,
        statement: &Statement,
    ) -> sqlx::Result<SqliteQueryResult> {
        let rows = self.0.len().div_ceil(statement.columns);
        let (text, size) = statement.for_rows(rows).ok_or_else(|| unsound(TooMany))?;
        while self.0.len() < size * statement.columns {
            self.add(None::<i64>)?;
        }
        sqlx::query_with(text, self.0).execute(db).await
    }
}
