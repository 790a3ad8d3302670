//! The contracts in TypeScript: names and payloads, from the same tables that dispatch events.

use crate::{
    mount::{LEGACY_PATH, ROOMS_PATH, ROOT_PATH},
    registry::{Dialogue, dialogues},
    shape::Declarations,
};

/// One module that declares everything (`outrigger contracts --typescript`).
#[must_use]
pub fn module() -> String {
    let mut declarations = Declarations::default();
    let mut interfaces = String::new();
    let mut names = String::new();
    let mut contract = "";
    for dialogue in dialogues() {
        interfaces += &interfaces_of(&dialogue, &mut declarations);
        if contract != dialogue.contract {
            if !contract.is_empty() {
                names += "  },\n";
            }
            contract = dialogue.contract;
            names += &format!("  {contract}: {{\n    path: '{}',\n", path_of(contract));
        }
        names += &names_of(&dialogue);
    }
    names += "  },\n";
    format!(
        "// Made by `outrigger contracts --typescript` from the tables and types of the server. Do not edit.\n\n\
         {}\
         /** Answers an acknowledgement where the contract has no answer of its own. */\n\
         export type Acknowledged =\n  | {{ ok: true }}\n  | {{ ok: false; error: string; retryAfter?: number }}\n\n\
         {interfaces}\
         /** Paths, namespaces and event names of every contract. */\n\
         export const contracts = {{\n{names}}} as const\n",
        declarations.text()
    )
}

/// The path on which a contract's own clients look for it.
fn path_of(contract: &str) -> &'static str {
    match contract {
        crate::legacy::CONTRACT => LEGACY_PATH,
        crate::social::CONTRACT
        | crate::tracking::CONTRACT
        | crate::commerce::CONTRACT
        | crate::quiz::CONTRACT
        | crate::contacts::CONTRACT => ROOT_PATH,
        _ => ROOMS_PATH,
    }
}

/// `LegacyMessenger` for namespace `/messenger` of `legacy`, `Rooms` for `/` of `rooms`, `Monitor` for `/monitor`.
fn title(dialogue: &Dialogue) -> String {
    let namespace = dialogue.namespace.trim_start_matches('/');
    let own = if namespace == dialogue.contract { "" } else { namespace };
    [dialogue.contract, own].iter().map(|word| capital(word)).collect()
}

/// A name as a key: in quotes where JavaScript wants them.
fn key(name: &str) -> String {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_owned() } else { format!("'{name}'") }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn interfaces_of(dialogue: &Dialogue, declarations: &mut Declarations) -> String {
    let Dialogue { contract, namespace, incoming, outgoing } = dialogue;
    let title = title(dialogue);
    let place = format!("namespace `{namespace}` of contract `{contract}`");
    let mut text = format!(
        "/** What the server sends in {place}. */\nexport interface {title}ServerEvents {{\n"
    );
    for event in outgoing {
        text += &format!("  {}: {}\n", key(event.event), event.payload(declarations));
    }
    text += &format!(
        "}}\n\n/** What clients send in {place}. */\nexport interface {title}ClientEvents {{\n"
    );
    for event in incoming {
        let argument =
            event.argument.map_or("undefined".to_owned(), |shape| declarations.name(shape));
        text += &format!("  {}: {argument}\n", key(event.event));
    }
    text += &format!(
        "}}\n\n/** What is acknowledged in {place}. */\nexport interface {title}Acks {{\n"
    );
    for event in incoming {
        let ack = event.ack.map_or("Acknowledged".to_owned(), |shape| declarations.name(shape));
        text += &format!("  {}: {ack}\n", key(event.event));
    }
    text + "}\n\n"
}

fn names_of(dialogue: &Dialogue) -> String {
    let list = |names: Vec<&str>| {
        names.iter().map(|name| format!("        {}: '{name}',\n", key(name))).collect::<String>()
    };
    let server = list(dialogue.outgoing.iter().map(|event| event.event).collect());
    let client = list(dialogue.incoming.iter().map(|event| event.event).collect());
    format!(
        "    '{}': {{\n      server: {{\n{server}      }},\n      client: {{\n{client}      }},\n    }},\n",
        dialogue.namespace
    )
}
