//! The TypeScript form of a payload, taken from the Rust type that is sent or read.

use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};

use crate::contract::WireEvent;

/// How a payload is written in TypeScript.
#[derive(Clone, Copy)]
pub struct Shape {
    name: fn(&Config) -> String,
    inline: fn(&Config) -> String,
    declare: fn(&mut Declarations),
}

impl Shape {
    /// The shape of this type.
    #[must_use]
    pub const fn of<T: TS + 'static>() -> Self {
        Self { name: T::name, inline: T::inline, declare: Declarations::add::<T> }
    }

    /// The type itself, written out.
    #[must_use]
    pub fn inline(&self) -> String {
        (self.inline)(&config())
    }
}

/// An event that the server sends: its name and what it carries.
#[derive(Clone, Copy)]
pub struct Outgoing {
    /// The name.
    pub event: &'static str,
    shapes: [Option<Shape>; 2],
}

impl Outgoing {
    /// An event with one kind of payload.
    #[must_use]
    pub const fn of<T: WireEvent + TS + 'static>() -> Self {
        Self { event: T::NAME, shapes: [Some(Shape::of::<T>()), None] }
    }

    /// An event that carries one or the other.
    #[must_use]
    pub const fn either<T: WireEvent + TS + 'static, U: WireEvent + TS + 'static>() -> Self {
        Self { event: T::NAME, shapes: [Some(Shape::of::<T>()), Some(Shape::of::<U>())] }
    }

    /// The payload's type in TypeScript.
    #[must_use]
    pub fn payload(&self, declarations: &mut Declarations) -> String {
        let names: Vec<_> =
            self.shapes.iter().flatten().map(|shape| declarations.name(*shape)).collect();
        names.join(" | ")
    }
}

/// Every type that was named, each declared once.
pub struct Declarations {
    config: Config,
    by_name: BTreeMap<String, String>,
}

impl Default for Declarations {
    fn default() -> Self {
        Self { config: config(), by_name: BTreeMap::new() }
    }
}

/// Every number of ours is one that JavaScript can hold.
fn config() -> Config {
    Config::new().with_large_int("number")
}

impl Declarations {
    /// Declares a type and gives its name.
    pub fn name(&mut self, shape: Shape) -> String {
        (shape.declare)(self);
        (shape.name)(&self.config)
    }

    fn add<T: TS + 'static>(&mut self) {
        self.add_any::<T>();
    }

    fn add_any<T: TS + 'static + ?Sized>(&mut self) {
        let name = T::name(&self.config);
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric());
        // Built-in types have no declaration.
        if !plain || T::output_path().is_none() || self.by_name.contains_key(&name) {
            return;
        }
        let declared = format!("{}export {}", T::docs().unwrap_or_default(), T::decl(&self.config));
        self.by_name.insert(name, declared);
        T::visit_dependencies(self);
    }

    /// All of them, in order of their names.
    #[must_use]
    pub fn text(&self) -> String {
        self.by_name.values().map(|declared| format!("{declared}\n\n")).collect()
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add_any::<T>();
    }
}
