//! What is open on this node.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use outrigger_domain::{
    connections::{Connections, OpenSocket},
    ids::{DeviceId, UserId},
    presence::Presence,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{ErrorBody, user_in_path};
use crate::{error::Refusal, input::Segment, socket_names::socket_name};

/// A socket, without its id, which is a credential.
#[derive(Serialize, ToSchema)]
pub(super) struct Socket {
    /// Where it connected.
    path: &'static str,
    /// Its namespace.
    namespace: &'static str,
    /// `websocket` or `polling`.
    transport: &'static str,
}

/// A device and its sockets.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Device {
    /// Which.
    #[schema(value_type = String)]
    device_id: DeviceId,
    /// How many sockets it has.
    socket_count: usize,
    /// Which.
    sockets: Vec<Socket>,
}

/// A user's sockets.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserConnections {
    /// Whose.
    #[schema(value_type = String)]
    user_id: UserId,
    /// How many sockets, over all devices.
    connections: usize,
    /// By device.
    devices: Vec<Device>,
    /// Each socket under a name that opens nothing (`getUserSockets`).
    socket_ids: Vec<String>,
}

/// A user's devices and what each has open.
#[utoipa::path(get, path = "/internal/users/{id}/connections", tag = "connections", operation_id = "user_connections",
    params(("id" = String, Path, description = "The user's id")),
    responses((status = 200, body = UserConnections), (status = 400, body = ErrorBody)))]
pub(super) async fn of_user(
    State(connections): State<Arc<dyn Connections>>,
    Segment(id): Segment,
) -> Result<Json<UserConnections>, Refusal> {
    let user_id = user_in_path(&id)?;
    let open = connections.of_user(&user_id);
    let connections = open.len();
    let socket_ids = open.iter().map(|socket| socket_name(socket.key)).collect();
    let mut devices: BTreeMap<DeviceId, Vec<Socket>> = BTreeMap::new();
    for OpenSocket { device, path, namespace, transport, .. } in open {
        devices.entry(device).or_default().push(Socket { path, namespace, transport });
    }
    let devices = devices
        .into_iter()
        .map(|(device_id, sockets)| Device { device_id, socket_count: sockets.len(), sockets })
        .collect();
    Ok(Json(UserConnections { user_id, connections, devices, socket_ids }))
}

/// How much is open.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Totals {
    /// Users with at least one socket.
    connected_users: usize,
    /// Engine.IO connections: browsers and programs.
    total_connections: usize,
    /// Socket.IO sockets: one for each namespace of a connection.
    total_sockets: usize,
}

/// How much is open on this node.
#[utoipa::path(get, path = "/internal/connections", tag = "connections", operation_id = "connections",
    responses((status = 200, body = Totals)))]
pub(super) async fn totals(
    State(connections): State<Arc<dyn Connections>>,
    State(presence): State<Arc<Presence>>,
) -> Json<Totals> {
    let totals = connections.totals();
    Json(Totals {
        connected_users: presence.online_count(),
        total_connections: totals.connections,
        total_sockets: totals.sockets,
    })
}
