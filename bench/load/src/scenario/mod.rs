//! What can be measured: a file for each scenario, and one for each kind of traffic that they share.

mod asking;
mod calls;
mod churn;
mod connect;
mod direct;
mod emit;
mod emitting;
mod growth;
mod idle;
mod joining;
mod mixed;
mod resume;
mod returning;
mod scene;
mod storm;
mod talking;
#[cfg(test)]
mod tests;

use crate::{
    arguments::{Arguments, Scenario},
    fault::Fault,
    report::Report,
};

use self::scene::Scene;

/// Plays one.
///
/// # Errors
/// If there is no result.
pub fn play(arguments: &Arguments) -> Result<Report, Fault> {
    arguments.check()?;
    let mut scene = Scene::new(arguments)?;
    let mut report = match arguments.scenario {
        Scenario::Connect => connect::play(&mut scene)?,
        Scenario::Fanout | Scenario::Emit => emit::play(&mut scene)?,
        Scenario::Direct | Scenario::DirectStored => direct::play(&mut scene)?,
        Scenario::Storm => storm::play(&mut scene)?,
        Scenario::Resume => resume::play(&mut scene)?,
        Scenario::Idle => idle::play(&mut scene)?,
        Scenario::Mixed => mixed::play(&mut scene)?,
        Scenario::Growth => growth::play(&mut scene)?,
    };
    report.put("scenario", arguments.scenario);
    scene.leave();
    Ok(report)
}
