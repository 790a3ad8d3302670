// Made by `outrigger contracts --typescript` from the tables and types of the server. Do not edit.

/**
 * The token does not hold; the socket closes behind this.
 */
export type AuthError = { 
/**
 * The contract's text.
 */
message: string, 
/**
 * The same for programs.
 */
code: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Argument of `authenticate`.
 */
export type Authenticate = { 
/**
 * The token.
 */
token?: string, };

/**
 * The token shown was taken.
 */
export type Authenticated = { 
/**
 * Whose it is.
 */
userId: string, 
/**
 * Their address.
 */
email: string, 
/**
 * Whether they may act on others.
 */
isAdmin: boolean, 
/**
 * The client's own socket.
 */
socketId: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Argument of `joinChatRoom` and `leaveChatRoom`.
 */
export type ChatRoom = { 
/**
 * The chat, without `chat_`.
 */
chatId: string, };

/**
 * How many on one day (UTC).
 */
export type DailyCount = { 
/**
 * `YYYY-MM-DD`.
 */
date: string, 
/**
 * How many.
 */
count: number, };

/**
 * What became of messages on one day (UTC).
 */
export type DailyOutcome = { 
/**
 * `YYYY-MM-DD`.
 */
date: string, 
/**
 * Recipients whose provider had it on that day.
 */
sent: number, 
/**
 * To whom it arrived on that day.
 */
delivered: number, 
/**
 * For whom it failed on that day.
 */
failed: number, };

/**
 * `dashboard_stats`; lists by day cover 30 days, today included, days without anything left out.
 */
export type Dashboard = { 
/**
 * Different recipients, by number (else address, else id).
 */
totalContacts: number, 
/**
 * Messages.
 */
totalMessages: number, 
/**
 * Recipients whose provider had it today (UTC).
 */
messagesSentToday: number, 
/**
 * Of a hundred recipients with a final status or one at the provider, so many got it; two decimals.
 */
deliveryRate: number, 
/**
 * What all of them cost.
 */
totalCost: number, 
/**
 * The five told of last, latest first.
 */
recentMessages: Array<RecentMessage>, 
/**
 * Recipients by the day on which they were first seen.
 */
contactGrowth: Array<DailyCount>, 
/**
 * Outcomes by day.
 */
messageStats: Array<DailyOutcome>, };

/**
 * The user's designations were replaced.
 */
export type DesignationsUpdated = { 
/**
 * The whole list.
 */
designations: Array<string>, 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * Why.
 */
reason: string, };

/**
 * The user is logged out; the socket closes behind this.
 */
export type ForceLogout = { 
/**
 * Why.
 */
reason: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Argument of `getNotifications`.
 */
export type GetNotifications = { 
/**
 * At most so many; 50 are the most.
 */
limit?: number, 
/**
 * Leave out those that were read.
 */
unreadOnly?: boolean, };

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/**
 * Argument of `logout`.
 */
export type Logout = { 
/**
 * Another device of the same user; this one if absent.
 */
deviceId?: string, };

/**
 * Argument of `markNotificationRead`; a bare id is taken too (`contracts/OVERVIEW.md` section 3).
 */
export type MarkNotificationRead = { 
/**
 * Which notification.
 */
notificationId: string, } | string;

/**
 * Acknowledgement of `markNotificationRead`.
 */
export type Marked = { 
/**
 * Whether there is such a notification of this user.
 */
success: boolean, };

/**
 * Acknowledgement of `markAllNotificationsRead`.
 */
export type MarkedAll = { 
/**
 * Always `true`.
 */
success: boolean, 
/**
 * How many were unread.
 */
modifiedCount: number, };

/**
 * An alert about a message: the app's fields, with `timestamp` and `notification: true`.
 */
export type MessageAlert = { 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * Always `true`: tells the alert from a document.
 */
notification: boolean, } & ({ [key in string]: number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null });

/**
 * `metadata` of a message document.
 */
export type MessageMetadata = { 
/**
 * Our id again; clients compare it with the one they made up.
 */
serverMessageId: string, 
/**
 * What the sender's client called it.
 */
clientMessageId?: string, 
/**
 * When a device of the receiver had it, as far as that is recorded.
 */
deliveredAt?: Timestamp, 
/**
 * When the receiver read it.
 */
readAt?: Timestamp, };

/**
 * Argument of `messageRead`. The sender that clients name beside it is not looked at: the store knows.
 */
export type MessageRead = { 
/**
 * Which message.
 */
messageId: string, };

/**
 * The receiver read a message.
 */
export type MessageReadReceipt = { 
/**
 * Which.
 */
messageId: string, 
/**
 * Who read it.
 */
readBy: string, 
/**
 * When.
 */
readAt: Timestamp, };

/**
 * A message of this user was stored.
 */
export type MessageSent = TimedMessage;

/**
 * `message_stats`.
 */
export type MessageStats = { 
/**
 * Messages.
 */
totalMessages: number, 
/**
 * Those they go to.
 */
totalRecipients: number, 
/**
 * Of them those who have got it.
 */
totalSuccess: number, 
/**
 * Of them those who will not.
 */
totalFailed: number, 
/**
 * What they cost.
 */
totalCost: number, };

/**
 * A device of a user who is online.
 */
export type MonitorDevice = { 
/**
 * Which.
 */
deviceId: string, 
/**
 * Its open sockets.
 */
sockets: number, 
/**
 * Where they are.
 */
places: Array<MonitorPlace>, 
/**
 * The program's own description, at most 256 characters of it.
 */
userAgent: string, 
/**
 * Where it comes from, or `unknown`.
 */
ipAddress: string, };

/**
 * Which way an event goes.
 */
export type MonitorDirection = "in" | "out";

/**
 * Argument of `monitor:disconnect`.
 */
export type MonitorDisconnect = { 
/**
 * Whom.
 */
userId: string, 
/**
 * Only this device.
 */
deviceId?: string, 
/**
 * What the user is told.
 */
reason?: string, 
/**
 * Whether the tokens shown so far no longer hold; they do if it is absent.
 */
revoke?: boolean, };

/**
 * Acknowledgement of `monitor:disconnect`.
 */
export type MonitorDisconnected = { 
/**
 * Always `true`; a refusal has the form of all refusals.
 */
ok: boolean, 
/**
 * Sessions that ended.
 */
sessions: number, 
/**
 * Sockets that were closed.
 */
sockets: number, 
/**
 * Devices they were on.
 */
devices: number, };

/**
 * One event that passed. What it carried is not said.
 */
export type MonitorEvent = { 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * Which way.
 */
direction: MonitorDirection, 
/**
 * Of which contract.
 */
contract: string, 
/**
 * In which namespace.
 */
namespace: string, 
/**
 * Its name; `(unknown)` for names that no contract has.
 */
event: string, 
/**
 * Who sent it, or whom alone it was for.
 */
userId?: string, 
/**
 * Sockets it went to, or 1 for one that came.
 */
sockets: number, 
/**
 * Bytes of its payload, for one socket.
 */
bytes: number, 
/**
 * Names of the payload's own fields, at most 16.
 */
fields: Array<string>, };

/**
 * Single events, for those who asked for them.
 */
export type MonitorEvents = { 
/**
 * Oldest first.
 */
events: Array<MonitorEvent>, 
/**
 * Whether these are the latest from before the subscription.
 */
replayed: boolean, 
/**
 * Events that passed in this time and are not listed.
 */
skipped: number, };

/**
 * How something is.
 */
export type MonitorHealth = "unknown" | "ok" | "failing";

/**
 * How much there may be.
 */
export type MonitorLimits = { 
/**
 * Open connections.
 */
connections: number, 
/**
 * Open connections from one address.
 */
connectionsPerAddress: number, 
/**
 * Open sockets of one user.
 */
socketsPerUser: number, 
/**
 * Chats that one socket may join.
 */
roomsPerSocket: number, 
/**
 * Largest packet, in bytes.
 */
payloadBytes: number, 
/**
 * Between two heartbeats of Engine.IO, in milliseconds.
 */
pingIntervalMs: number, 
/**
 * Time to answer one, in milliseconds.
 */
pingTimeoutMs: number, };

/**
 * Sockets of one device at one place, by transport.
 */
export type MonitorPlace = { 
/**
 * The path.
 */
path: string, 
/**
 * The namespace.
 */
namespace: string, 
/**
 * `websocket` or `polling`.
 */
transport: string, 
/**
 * How many.
 */
sockets: number, };

/**
 * How often an event passes, over the last five seconds.
 */
export type MonitorRate = { 
/**
 * Which way.
 */
direction: MonitorDirection, 
/**
 * Of which contract.
 */
contract: string, 
/**
 * Its name; `(unknown)` for names that no contract has, `(others)` beyond the names that are counted apart.
 */
event: string, 
/**
 * Events a second; one that goes to ten sockets counts ten.
 */
perSecond: number, 
/**
 * Bytes of payload a second.
 */
bytesPerSecond: number, };

/**
 * A chat that somebody has joined.
 */
export type MonitorRoom = { 
/**
 * The chat, without `chat_`.
 */
chatId: string, 
/**
 * Sockets in it.
 */
sockets: number, };

/**
 * Changes among the chats that are listed.
 */
export type MonitorRoomChanges = { 
/**
 * Chats that are new, or not as before.
 */
upserted: Array<MonitorRoom>, 
/**
 * Ids of those no longer listed.
 */
gone: Array<string>, 
/**
 * Chats left out now.
 */
truncated: number, };

/**
 * The fullest chats, at most 200.
 */
export type MonitorRooms = { 
/**
 * Which.
 */
items: Array<MonitorRoom>, 
/**
 * Chats left out.
 */
truncated: number, };

/**
 * The process.
 */
export type MonitorServer = { 
/**
 * Of the sidecar.
 */
version: string, 
/**
 * When it started.
 */
startedAt: Timestamp, 
/**
 * Since then.
 */
uptimeSeconds: number, };

/**
 * The whole state: when a monitor connects, and when it asks.
 */
export type MonitorState = { 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * The number of the last update that is in it.
 */
seq: number, 
/**
 * The process.
 */
server: MonitorServer, 
/**
 * How much there may be.
 */
limits: MonitorLimits, 
/**
 * Whether the store answers.
 */
store: MonitorStore, 
/**
 * What is there in all.
 */
totals: MonitorTotals, 
/**
 * Who is online.
 */
users: MonitorUsers, 
/**
 * Where people talk.
 */
rooms: MonitorRooms, 
/**
 * What passes.
 */
rates: Array<MonitorRate>, };

/**
 * Whether the store answers.
 */
export type MonitorStore = { 
/**
 * `unknown` until it was first asked.
 */
status: MonitorHealth, 
/**
 * How long a write and a read took.
 */
latencyMs?: number, 
/**
 * When it was last asked.
 */
checkedAt?: Timestamp, 
/**
 * What the app has not taken yet; absent if the app is not told of anything.
 */
webhooks?: MonitorWebhooks, };

/**
 * Argument of `monitor:subscribe`.
 */
export type MonitorSubscribe = { 
/**
 * Whether single events are wanted; they are if it is absent.
 */
events?: boolean, };

/**
 * What is there in all.
 */
export type MonitorTotals = { 
/**
 * Users online.
 */
users: number, 
/**
 * Their devices.
 */
devices: number, 
/**
 * Engine.IO connections: browser tabs and programs.
 */
connections: number, 
/**
 * Socket.IO sockets: one for each namespace of a connection.
 */
sockets: number, 
/**
 * Sockets that are still on long polling.
 */
polling: number, 
/**
 * Chats that somebody has joined.
 */
rooms: number, 
/**
 * Sockets that watch this.
 */
watchers: number, };

/**
 * What changed: at most twice a second, and not at all if nothing did.
 */
export type MonitorUpdate = { 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * Counts updates. A number that does not follow the last one means: ask for a snapshot.
 */
seq: number, 
/**
 * Whether the store answers.
 */
store: MonitorStore, 
/**
 * What is there in all.
 */
totals: MonitorTotals, 
/**
 * Who came, changed or went.
 */
users: MonitorUserChanges, 
/**
 * Which chats came, changed or went.
 */
rooms: MonitorRoomChanges, 
/**
 * What passes: all of it, not the changes.
 */
rates: Array<MonitorRate>, };

/**
 * A user who is online.
 */
export type MonitorUser = { 
/**
 * Who.
 */
userId: string, 
/**
 * Their address, as their token says.
 */
email: string, 
/**
 * Whether they may act on others.
 */
isAdmin: boolean, 
/**
 * Their devices, in order of their ids, at most 20.
 */
devices: Array<MonitorDevice>, 
/**
 * Devices left out.
 */
truncated: number, };

/**
 * Changes among the users that are listed.
 */
export type MonitorUserChanges = { 
/**
 * Users who are new, or not as before: whole, as they are now.
 */
upserted: Array<MonitorUser>, 
/**
 * Ids of those no longer listed.
 */
gone: Array<string>, 
/**
 * Users left out now.
 */
truncated: number, };

/**
 * Users who are online, in order of their ids, at most 500.
 */
export type MonitorUsers = { 
/**
 * Who.
 */
items: Array<MonitorUser>, 
/**
 * Users left out.
 */
truncated: number, };

/**
 * Webhooks on their way to the app (`docs/WEBHOOKS.md`).
 */
export type MonitorWebhooks = { 
/**
 * Waiting for their first or next attempt.
 */
waiting: number, 
/**
 * Nobody took them.
 */
dead: number, };

/**
 * The feed moved on with events that this namespace does not speak of.
 */
export type Moved = { 
/**
 * The position the client is at now.
 */
seq: number, };

/**
 * A message arrived.
 */
export type NewMessage = TimedMessage;

/**
 * A notification. Sent as an event, and listed.
 */
export type Notification = { 
/**
 * Our id.
 */
id: string, 
/**
 * The app's word for its kind.
 */
type: string, 
/**
 * One line.
 */
title: string, 
/**
 * The text.
 */
message: string, 
/**
 * Whatever the app adds.
 */
data?: JsonValue, 
/**
 * When it was made.
 */
timestamp: Timestamp, 
/**
 * Whether it was read.
 */
read: boolean, };

/**
 * Acknowledgement of `getNotifications`.
 */
export type NotificationList = { 
/**
 * Newest first.
 */
notifications: Array<Notification>, };

/**
 * A notification was read on another device.
 */
export type NotificationRead = { 
/**
 * Which.
 */
notificationId: string, 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * `true` if all that the user had are read with it: when there were very many, only the newest are named.
 */
all?: boolean, };

/**
 * Argument of `userLoggedIn` and `checkUserOnline`.
 */
export type OneUser = { 
/**
 * Which user.
 */
userId: string, };

/**
 * Acknowledgement of `checkUserOnline`.
 */
export type OnlineAnswer = { 
/**
 * Whether any socket of the user is connected.
 */
isOnline: boolean, };

/**
 * Everyone online: a bare array of ids.
 */
export type OnlineUsers = Array<string>;

/**
 * The application's heartbeat.
 */
export type Ping = { 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * The answer to a client's `ping`.
 */
export type Pong = { 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Someone spoke in a chat.
 */
export type ReceiveChatMessage = { 
/**
 * Who.
 */
userId: string, 
/**
 * What.
 */
message: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * A message in brief.
 */
export type RecentMessage = { 
/**
 * The app's id.
 */
id: string, 
/**
 * What it says; empty if the app never told.
 */
content: string, 
/**
 * How far it has come.
 */
status: string, 
/**
 * How many it goes to.
 */
totalRecipients: number, 
/**
 * When it was sent.
 */
sentAt: Timestamp | null, 
/**
 * When it was first told of.
 */
createdAt: Timestamp, };

/**
 * What was missed cannot be told any more.
 */
export type Reset = { 
/**
 * Why.
 */
reason: ResetReason, 
/**
 * The position the client is at now.
 */
to: number, 
/**
 * The feed's name.
 */
feed: string, };

/**
 * Why a client's position is of no use.
 */
export type ResetReason = "expired" | "unknown" | "invalid";

/**
 * The feed was taken up, or begins.
 */
export type Resume = { 
/**
 * Whether all that was missed has just been sent.
 */
recovered: boolean, 
/**
 * The position the client said it was at; without one, where it begins.
 */
from: number, 
/**
 * The position it is at now.
 */
to: number, 
/**
 * The feed's name.
 */
feed: string, 
/**
 * Events sent again to this namespace.
 */
missed: number, 
/**
 * Chats the socket is in again.
 */
chats: string[], };

/**
 * Argument of `sendChatMessage`.
 */
export type SendChatMessage = { 
/**
 * The chat, without `chat_`.
 */
chatId: string, 
/**
 * What is said.
 */
message: string, };

/**
 * The process ends.
 */
export type ServerShutdown = { 
/**
 * Always `Server is shutting down`.
 */
message: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Whether something was done.
 */
export type SocialAck = SocialDone | SocialRefused;

/**
 * All notifications are read. Also what acknowledges `mark_all_notifications_read`.
 */
export type SocialAllNotificationsUpdated = { 
/**
 * How many were unread.
 */
modifiedCount: number, 
/**
 * Always `success`.
 */
status: 'success', };

/**
 * This socket's deletion was done.
 */
export type SocialDeletionConfirmed = { 
/**
 * Which message.
 */
messageId: string, 
/**
 * Always `success`.
 */
status: 'success', };

/**
 * Acknowledges what was done.
 */
export type SocialDone = { 
/**
 * Always `success`.
 */
status: 'success', };

/**
 * Something that this socket asked for was not done, or its connection ends.
 */
export type SocialError = { 
/**
 * Why, in the contract's words.
 */
message: string, 
/**
 * Which event was refused; `connection` if the connection ends.
 */
event: string, 
/**
 * Why, for programs.
 */
code: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * Acknowledgement of `mark_all_notifications_read`.
 */
export type SocialMarkAllAck = SocialAllNotificationsUpdated | SocialRefused;

/**
 * A message.
 */
export type SocialMessage = { 
/**
 * Our id.
 */
_id: string, 
/**
 * Who wrote it.
 */
sender: SocialPerson, 
/**
 * To whom.
 */
receiver: SocialPerson, 
/**
 * The text; empty where there is an image alone.
 */
message: string, 
/**
 * Whether the receiver read it.
 */
isRead: boolean, 
/**
 * The receiver, once it was read.
 */
seenBy: Array<SocialSeen>, 
/**
 * When it was stored.
 */
createdAt: Timestamp, 
/**
 * When it last changed.
 */
updatedAt: Timestamp, 
/**
 * Where the image is, of a message that was sent in another contract.
 */
image?: string, 
/**
 * What the sender's client called it.
 */
clientMessageId?: string, };

/**
 * A message is gone; for both sides.
 */
export type SocialMessageDeleted = { 
/**
 * Which.
 */
messageId: string, 
/**
 * By whom.
 */
deletedBy: string, };

/**
 * A message was shown to its receiver.
 */
export type SocialMessageSeen = { 
/**
 * Which.
 */
messageId: string, 
/**
 * By whom.
 */
seenBy: string, 
/**
 * When.
 */
seenAt: Timestamp, 
/**
 * Always `true`.
 */
isRead: boolean, };

/**
 * A message of this user was stored. Also what acknowledges `send_message`.
 */
export type SocialMessageSent = { 
/**
 * Always `success`.
 */
status: 'success', 
/**
 * The message.
 */
message: SocialMessage, };

/**
 * A notification was stored.
 */
export type SocialNewNotification = { 
/**
 * Our id.
 */
_id: string, 
/**
 * The app's word for its kind.
 */
type: string, 
/**
 * Who caused it.
 */
fromUser?: SocialPerson, 
/**
 * The post it is about.
 */
postId?: string, 
/**
 * The text.
 */
message: string, 
/**
 * Whether it was read: only of one that a client had missed.
 */
isRead: boolean, 
/**
 * Whatever the app adds.
 */
metadata: Record<string, unknown>, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * The same as it is stored.
 */
notification: SocialNotification, };

/**
 * A notification, as it is stored.
 */
export type SocialNotification = { 
/**
 * Our id.
 */
_id: string, 
/**
 * Whose.
 */
userId: string, 
/**
 * The app's word for its kind.
 */
type: string, 
/**
 * Who caused it.
 */
fromUser?: string, 
/**
 * The post it is about.
 */
postId?: string, 
/**
 * The text; the title where there is no other.
 */
message: string, 
/**
 * Whether it was read.
 */
isRead: boolean, 
/**
 * Whatever the app adds.
 */
metadata: Record<string, unknown>, 
/**
 * When it was made.
 */
createdAt: Timestamp, 
/**
 * When it last changed.
 */
updatedAt: Timestamp, };

/**
 * A notification is gone.
 */
export type SocialNotificationDeleted = { 
/**
 * Which.
 */
notificationId: string, 
/**
 * Always `success`.
 */
status: 'success', 
/**
 * `true` if all that the user had are gone with it: when there were very many, only the newest are named.
 */
all?: boolean, };

/**
 * A notification was read.
 */
export type SocialNotificationUpdated = { 
/**
 * Which.
 */
notificationId: string, 
/**
 * Always `true`.
 */
isRead: boolean, 
/**
 * Always `success`.
 */
status: 'success', 
/**
 * The same for clients that look there.
 */
updates: SocialNotificationUpdates, };

/**
 * What changed of a notification.
 */
export type SocialNotificationUpdates = { 
/**
 * Always `true`.
 */
isRead: boolean, };

/**
 * Argument of `message_read` and `delete_message`.
 */
export type SocialOneMessage = { 
/**
 * The id.
 */
messageId: string, } | string;

/**
 * Argument of `mark_notification_read` and `delete_notification`.
 */
export type SocialOneNotification = { 
/**
 * The id.
 */
notificationId: string, } | string;

/**
 * Argument of `typing_start` and `typing_stop`.
 */
export type SocialOneReceiver = { 
/**
 * The id.
 */
receiverId: string, } | string;

/**
 * Someone, as others see them; `null` is what is not known.
 */
export type SocialPerson = { 
/**
 * Who.
 */
_id: string, 
/**
 * The name to show.
 */
username: string | null, 
/**
 * Where the picture is.
 */
profileImage: string | null, };

/**
 * This socket's change of preferences was kept.
 */
export type SocialPreferencesUpdated = { 
/**
 * Always `success`.
 */
status: 'success', 
/**
 * A sentence for people.
 */
message: string, 
/**
 * All preferences, as they are now.
 */
preferences: Record<string, unknown>, };

/**
 * The receiver says that a message was read.
 */
export type SocialReadConfirmed = { 
/**
 * Which.
 */
messageId: string, 
/**
 * By whom.
 */
readBy: string, 
/**
 * When.
 */
readAt: Timestamp, };

/**
 * A message arrived.
 */
export type SocialReceiveMessage = { 
/**
 * Always `new_message`.
 */
type: 'new_message', 
/**
 * The message.
 */
message: SocialMessage, 
/**
 * Who wrote it.
 */
sender: SocialPerson, };

/**
 * Acknowledges what was not done.
 */
export type SocialRefused = { 
/**
 * Always `failure`.
 */
status: 'failure', 
/**
 * Why, in the contract's words.
 */
error: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * That a message was seen.
 */
export type SocialSeen = { 
/**
 * By whom.
 */
userId: string, 
/**
 * When.
 */
seenAt: Timestamp, };

/**
 * Acknowledgement of `send_message`.
 */
export type SocialSendAck = SocialMessageSent | SocialRefused;

/**
 * Argument of `send_message`.
 */
export type SocialSendMessage = { 
/**
 * To whom.
 */
receiverId: string, 
/**
 * 1 to 1,000 characters.
 */
message: string, 
/**
 * What the client calls it: the same one again is the same message.
 */
clientMessageId?: string, };

/**
 * Argument of `set_status`.
 */
export type SocialSetStatus = { 
/**
 * 1 to 50 characters.
 */
status: string, };

/**
 * Someone came, went, or says something else of themselves.
 */
export type SocialStatusChange = { 
/**
 * Who.
 */
userId: string, 
/**
 * `online`, `offline`, or a word of the user's own.
 */
status: string, 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * When the user was last there.
 */
lastSeen?: Timestamp, };

/**
 * Someone is no longer typing.
 */
export type SocialStoppedTyping = { 
/**
 * Who.
 */
userId: string, };

/**
 * Someone is typing a message to this user.
 */
export type SocialTyping = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called; `null` if that is not known.
 */
username: string | null, };

/**
 * Argument of `update_notification_preferences`.
 */
export type SocialUpdatePreferences = { 
/**
 * What changes, name by name.
 */
preferences: Record<string, unknown>, };

/**
 * Argument of `statusUpdateReceived`.
 */
export type StatusUpdateReceived = { 
/**
 * The status the device took note of.
 */
status: boolean, 
/**
 * When the device got it, as it says.
 */
timestamp: string, };

/**
 * A template, by how often messages were made from it.
 */
export type TemplateUse = { 
/**
 * The app's id.
 */
id: string, 
/**
 * The same: only the app knows its name.
 */
name: string, 
/**
 * Messages.
 */
usageCount: number, 
/**
 * Nothing is known of it.
 */
category: string | null, };

/**
 * What the self test says.
 */
export type TestMessage = { 
/**
 * The text.
 */
message: string, 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * Who asked for it.
 */
from: string, };

/**
 * The answer to `test`.
 */
export type TestResponse = { 
/**
 * Always `Test successful!`.
 */
message: string, 
/**
 * The asking user.
 */
userId: string, 
/**
 * The asking socket.
 */
socketId: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * A message document with the time of the event (`contracts/rooms.md` section 3).
 */
export type TimedMessage = { 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * Our id.
 */
_id: string, 
/**
 * Who wrote it.
 */
senderId: string, 
/**
 * To whom: a user, or `chat_<id>`.
 */
receiverId: string, 
/**
 * The text, if any.
 */
text?: string, 
/**
 * Where the image is, if any.
 */
image?: string, 
/**
 * When it was stored.
 */
createdAt: Timestamp, 
/**
 * When it last changed.
 */
updatedAt: Timestamp, 
/**
 * `sent`, `delivered` (as far as that is recorded) or `read`.
 */
status: string, 
/**
 * Whether the receiver read it.
 */
isRead: boolean, 
/**
 * Ids and times of its way.
 */
metadata: MessageMetadata, };

/**
 * Milliseconds since the Unix epoch. Written as JavaScript's `toISOString` writes it:
 * UTC, exactly three decimals, `Z`.
 */
export type Timestamp = string;

/**
 * A new token for this user.
 */
export type TokenUpdated = { 
/**
 * The token.
 */
newToken: string, 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * Why.
 */
reason: string, };

/**
 * Whether something was done.
 */
export type TrackingAck = TrackingDone | TrackingRefused;

/**
 * Figures of this user's messages.
 */
export type TrackingAnalyticsUpdate = { 
/**
 * Which.
 */
type: 'dashboard_stats' | 'message_stats' | 'usage_stats', 
/**
 * The figures.
 */
data: TrackingFigures, };

/**
 * Acknowledges what was done.
 */
export type TrackingDone = { 
/**
 * Always `true`.
 */
success: true, };

/**
 * The shapes of figures that the sidecar computes; those that the app gives should have the same.
 */
export type TrackingFigures = Dashboard | MessageStats | Usage;

/**
 * Figures of everyone's messages, for admins.
 */
export type TrackingGlobalAnalyticsUpdate = { 
/**
 * Which.
 */
type: 'dashboard_stats' | 'message_stats' | 'usage_stats', 
/**
 * The figures.
 */
data: TrackingFigures, };

/**
 * A message has come further.
 */
export type TrackingMessageUpdate = { 
/**
 * The app's id.
 */
messageId: string, 
/**
 * How far.
 */
status: 'DRAFT' | 'SCHEDULED' | 'SENDING' | 'SENT' | 'FAILED' | 'DELIVERED' | 'CANCELLED', 
/**
 * How many have got it, or will as far as the provider knows.
 */
successCount?: number, 
/**
 * How many will not get it.
 */
failedCount?: number, 
/**
 * What it cost.
 */
cost?: number, };

/**
 * Something for people to read.
 */
export type TrackingNotification = { 
/**
 * Its id; that of a stored one can be marked as read.
 */
id: string, 
/**
 * Its kind.
 */
type: 'message_sent' | 'message_failed' | 'delivery_update' | 'system' | 'warning', 
/**
 * One line.
 */
title: string, 
/**
 * The text.
 */
message: string, 
/**
 * What it is about.
 */
data?: JsonValue, 
/**
 * When it was made.
 */
timestamp: Timestamp, 
/**
 * Whether it was read.
 */
read: boolean, };

/**
 * Argument of `track_message` and `untrack_message`.
 */
export type TrackingOneMessage = string | { 
/**
 * The app's id.
 */
messageId: string, };

/**
 * Argument of `mark_notification_read`.
 */
export type TrackingOneNotification = string | { 
/**
 * Its id.
 */
notificationId: string, };

/**
 * Argument of `join_room` and `leave_room`.
 */
export type TrackingOneRoom = string | { 
/**
 * The room's name.
 */
roomId: string, } | { 
/**
 * The room's name.
 */
roomName: string, } | { 
/**
 * The room's name.
 */
room: string, };

/**
 * The sidecar asks for a sign of life.
 */
export type TrackingPing = { 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Answers a client's `ping`.
 */
export type TrackingPong = { 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * A message has come further for one of those it goes to.
 */
export type TrackingRecipientUpdate = { 
/**
 * The app's id of the message.
 */
messageId: string, 
/**
 * The app's id of the recipient.
 */
recipientId: string, 
/**
 * The number; empty if the app never told it.
 */
phone: string, 
/**
 * How far.
 */
status: 'PENDING' | 'SENDING' | 'SENT' | 'DELIVERED' | 'FAILED' | 'BOUNCED', 
/**
 * Why it failed.
 */
errorMessage?: string, };

/**
 * Acknowledges what was not done.
 */
export type TrackingRefused = { 
/**
 * Why.
 */
error: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * Acknowledgement of `get_rooms`.
 */
export type TrackingRoomsAck = Array<string> | TrackingRefused;

/**
 * Acknowledgement of `track_message`.
 */
export type TrackingTrackAck = TrackingTracked | TrackingRefused;

/**
 * Acknowledges that a message is tracked.
 */
export type TrackingTracked = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * How many it goes to.
 */
totalRecipients: number, 
/**
 * Those of them that this socket was told of now, those that changed last; REST has all.
 */
recipientsShown: number, };

/**
 * Argument of `typing`.
 */
export type Typing = { 
/**
 * To whom.
 */
receiverId: string, 
/**
 * Typing, or no longer.
 */
isTyping: boolean, };

/**
 * The user's count of unread notifications.
 */
export type UnreadCount = { 
/**
 * The count.
 */
count: number, };

/**
 * Argument of `tokenUpdateReceived` and `designationsUpdateReceived`.
 */
export type UpdateReceived = { 
/**
 * When the device got it, as it says.
 */
timestamp: string, 
/**
 * Why it was sent, as the device understood it.
 */
reason: string, };

/**
 * `usage_stats`: of the current month (UTC).
 */
export type Usage = { 
/**
 * Recipients of messages told of this month.
 */
monthlyMessages: number, 
/**
 * Different ones first seen this month.
 */
monthlyContacts: number, 
/**
 * What the messages of this month cost.
 */
monthlySpend: number, 
/**
 * The five used most.
 */
topTemplates: Array<TemplateUse>, };

/**
 * A user came online or went offline.
 */
export type UserOnlineStatus = { 
/**
 * Who.
 */
userId: string, 
/**
 * The state now.
 */
isOnline: boolean, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * The account was activated or deactivated.
 */
export type UserStatusChanged = { 
/**
 * Active now.
 */
status: boolean, 
/**
 * When.
 */
timestamp: Timestamp, 
/**
 * Why.
 */
reason: string, 
/**
 * The sockets will be closed.
 */
forcedDisconnect?: boolean, };

/**
 * Someone is typing, or stopped.
 */
export type UserTyping = { 
/**
 * Who.
 */
userId: string, 
/**
 * Typing, or no longer.
 */
isTyping: boolean, 
/**
 * When.
 */
timestamp: Timestamp, };

/** Answers an acknowledgement where the contract has no answer of its own. */
export type Acknowledged =
  | { ok: true }
  | { ok: false; error: string; retryAfter?: number }

/** What the server sends in namespace `/` of contract `rooms`. */
export interface RoomsServerEvents {
  authError: AuthError
  authenticated: Authenticated
  designationsUpdated: DesignationsUpdated
  force_logout: ForceLogout
  getOnlineUsers: OnlineUsers
  messageReadReceipt: MessageReadReceipt
  messageSent: MessageSent
  newMessage: NewMessage | MessageAlert
  ping: Ping
  pong: Pong
  receiveChatMessage: ReceiveChatMessage
  server_shutdown: ServerShutdown
  testMessage: TestMessage
  testResponse: TestResponse
  tokenUpdated: TokenUpdated
  userOnlineStatus: UserOnlineStatus
  userStatusChanged: UserStatusChanged
  userTyping: UserTyping
}

/** What clients send in namespace `/` of contract `rooms`. */
export interface RoomsClientEvents {
  authenticate: Authenticate
  tokenUpdateReceived: UpdateReceived
  statusUpdateReceived: StatusUpdateReceived
  designationsUpdateReceived: UpdateReceived
  typing: Typing
  joinChatRoom: ChatRoom
  leaveChatRoom: ChatRoom
  messageRead: MessageRead
  getOnlineUsers: undefined
  pong: undefined
  ping: undefined
  test: undefined
  userLoggedIn: OneUser
  checkUserOnline: OneUser
  sendChatMessage: SendChatMessage
}

/** What is acknowledged in namespace `/` of contract `rooms`. */
export interface RoomsAcks {
  authenticate: Acknowledged
  tokenUpdateReceived: Acknowledged
  statusUpdateReceived: Acknowledged
  designationsUpdateReceived: Acknowledged
  typing: Acknowledged
  joinChatRoom: Acknowledged
  leaveChatRoom: Acknowledged
  messageRead: Acknowledged
  getOnlineUsers: Acknowledged
  pong: Acknowledged
  ping: Acknowledged
  test: Acknowledged
  userLoggedIn: Acknowledged
  checkUserOnline: OnlineAnswer
  sendChatMessage: Acknowledged
}

/** What the server sends in namespace `/auth` of contract `legacy`. */
export interface LegacyAuthServerEvents {
  authError: AuthError
  authenticated: Authenticated
  designationsUpdated: DesignationsUpdated
  force_logout: ForceLogout
  ping: Ping
  server_shutdown: ServerShutdown
  tokenUpdated: TokenUpdated
  userStatusChanged: UserStatusChanged
}

/** What clients send in namespace `/auth` of contract `legacy`. */
export interface LegacyAuthClientEvents {
  authenticate: Authenticate
  tokenUpdateReceived: UpdateReceived
  statusUpdateReceived: StatusUpdateReceived
  pong: undefined
  logout: Logout
}

/** What is acknowledged in namespace `/auth` of contract `legacy`. */
export interface LegacyAuthAcks {
  authenticate: Acknowledged
  tokenUpdateReceived: Acknowledged
  statusUpdateReceived: Acknowledged
  pong: Acknowledged
  logout: Acknowledged
}

/** What the server sends in namespace `/messenger` of contract `legacy`. */
export interface LegacyMessengerServerEvents {
  getOnlineUsers: OnlineUsers
  messageReadReceipt: MessageReadReceipt
  messageSent: MessageSent
  newMessage: NewMessage
  ping: Ping
  server_shutdown: ServerShutdown
  testResponse: TestResponse
  userOnlineStatus: UserOnlineStatus
  userTyping: UserTyping
}

/** What clients send in namespace `/messenger` of contract `legacy`. */
export interface LegacyMessengerClientEvents {
  typing: Typing
  joinChatRoom: ChatRoom
  leaveChatRoom: ChatRoom
  messageRead: MessageRead
  getOnlineUsers: undefined
  checkUserOnline: OneUser
  authenticate: Authenticate
  test: undefined
  pong: undefined
}

/** What is acknowledged in namespace `/messenger` of contract `legacy`. */
export interface LegacyMessengerAcks {
  typing: Acknowledged
  joinChatRoom: Acknowledged
  leaveChatRoom: Acknowledged
  messageRead: Acknowledged
  getOnlineUsers: Acknowledged
  checkUserOnline: OnlineAnswer
  authenticate: Acknowledged
  test: Acknowledged
  pong: Acknowledged
}

/** What the server sends in namespace `/notifications` of contract `legacy`. */
export interface LegacyNotificationsServerEvents {
  force_logout: ForceLogout
  newMessage: MessageAlert
  notification: Notification
  notificationRead: NotificationRead
  ping: Ping
  server_shutdown: ServerShutdown
  unreadCount: UnreadCount
}

/** What clients send in namespace `/notifications` of contract `legacy`. */
export interface LegacyNotificationsClientEvents {
  markNotificationRead: MarkNotificationRead
  markAllNotificationsRead: undefined
  getNotifications: GetNotifications
}

/** What is acknowledged in namespace `/notifications` of contract `legacy`. */
export interface LegacyNotificationsAcks {
  markNotificationRead: Marked
  markAllNotificationsRead: MarkedAll
  getNotifications: NotificationList
}

/** What the server sends in namespace `/` of contract `social`. */
export interface SocialServerEvents {
  all_notifications_updated: SocialAllNotificationsUpdated
  error: SocialError
  message_deleted: SocialMessageDeleted
  message_deleted_confirmation: SocialDeletionConfirmed
  message_read_confirmation: SocialReadConfirmed
  message_seen: SocialMessageSeen
  message_sent: SocialMessageSent
  new_notification: SocialNewNotification
  notification_deleted: SocialNotificationDeleted
  notification_updated: SocialNotificationUpdated
  preferences_updated: SocialPreferencesUpdated
  receive_message: SocialReceiveMessage
  user_status_change: SocialStatusChange
  user_stopped_typing: SocialStoppedTyping
  user_typing: SocialTyping
}

/** What clients send in namespace `/` of contract `social`. */
export interface SocialClientEvents {
  send_message: SocialSendMessage
  message_read: SocialOneMessage
  delete_message: SocialOneMessage
  typing_start: SocialOneReceiver
  typing_stop: SocialOneReceiver
  set_status: SocialSetStatus
  mark_notification_read: SocialOneNotification
  delete_notification: SocialOneNotification
  mark_all_notifications_read: undefined
  update_notification_preferences: SocialUpdatePreferences
}

/** What is acknowledged in namespace `/` of contract `social`. */
export interface SocialAcks {
  send_message: SocialSendAck
  message_read: SocialAck
  delete_message: SocialAck
  typing_start: SocialAck
  typing_stop: SocialAck
  set_status: SocialAck
  mark_notification_read: SocialAck
  delete_notification: SocialAck
  mark_all_notifications_read: SocialMarkAllAck
  update_notification_preferences: SocialAck
}

/** What the server sends in namespace `/` of contract `tracking`. */
export interface TrackingServerEvents {
  analytics_update: TrackingAnalyticsUpdate
  global_analytics_update: TrackingGlobalAnalyticsUpdate
  message_update: TrackingMessageUpdate
  notification: TrackingNotification
  ping: TrackingPing
  pong: TrackingPong
  recipient_update: TrackingRecipientUpdate
}

/** What clients send in namespace `/` of contract `tracking`. */
export interface TrackingClientEvents {
  join_room: TrackingOneRoom
  leave_room: TrackingOneRoom
  get_rooms: undefined
  subscribe_analytics: undefined
  unsubscribe_analytics: undefined
  track_message: TrackingOneMessage
  untrack_message: TrackingOneMessage
  mark_notification_read: TrackingOneNotification
  ping: undefined
  pong: TrackingPing
}

/** What is acknowledged in namespace `/` of contract `tracking`. */
export interface TrackingAcks {
  join_room: TrackingAck
  leave_room: TrackingAck
  get_rooms: TrackingRoomsAck
  subscribe_analytics: TrackingAck
  unsubscribe_analytics: TrackingAck
  track_message: TrackingTrackAck
  untrack_message: TrackingAck
  mark_notification_read: TrackingAck
  ping: TrackingAck
  pong: TrackingAck
}

/** What the server sends in namespace `/monitor` of contract `monitor`. */
export interface MonitorServerEvents {
  authError: AuthError
  force_logout: ForceLogout
  'monitor:events': MonitorEvents
  'monitor:state': MonitorState
  'monitor:update': MonitorUpdate
  server_shutdown: ServerShutdown
}

/** What clients send in namespace `/monitor` of contract `monitor`. */
export interface MonitorClientEvents {
  'monitor:subscribe': MonitorSubscribe
  'monitor:snapshot': undefined
  'monitor:disconnect': MonitorDisconnect
  ping: undefined
}

/** What is acknowledged in namespace `/monitor` of contract `monitor`. */
export interface MonitorAcks {
  'monitor:subscribe': Acknowledged
  'monitor:snapshot': MonitorState
  'monitor:disconnect': MonitorDisconnected
  ping: Acknowledged
}

/** What the server sends in namespace `/` of contract `resume`. */
export interface ResumeServerEvents {
  'outrigger:position': Moved
  reset: Reset
  resume: Resume
}

/** What clients send in namespace `/` of contract `resume`. */
export interface ResumeClientEvents {
}

/** What is acknowledged in namespace `/` of contract `resume`. */
export interface ResumeAcks {
}

/** Paths, namespaces and event names of every contract. */
export const contracts = {
  rooms: {
    path: '/api/socket',
    '/': {
      server: {
        authError: 'authError',
        authenticated: 'authenticated',
        designationsUpdated: 'designationsUpdated',
        force_logout: 'force_logout',
        getOnlineUsers: 'getOnlineUsers',
        messageReadReceipt: 'messageReadReceipt',
        messageSent: 'messageSent',
        newMessage: 'newMessage',
        ping: 'ping',
        pong: 'pong',
        receiveChatMessage: 'receiveChatMessage',
        server_shutdown: 'server_shutdown',
        testMessage: 'testMessage',
        testResponse: 'testResponse',
        tokenUpdated: 'tokenUpdated',
        userOnlineStatus: 'userOnlineStatus',
        userStatusChanged: 'userStatusChanged',
        userTyping: 'userTyping',
      },
      client: {
        authenticate: 'authenticate',
        tokenUpdateReceived: 'tokenUpdateReceived',
        statusUpdateReceived: 'statusUpdateReceived',
        designationsUpdateReceived: 'designationsUpdateReceived',
        typing: 'typing',
        joinChatRoom: 'joinChatRoom',
        leaveChatRoom: 'leaveChatRoom',
        messageRead: 'messageRead',
        getOnlineUsers: 'getOnlineUsers',
        pong: 'pong',
        ping: 'ping',
        test: 'test',
        userLoggedIn: 'userLoggedIn',
        checkUserOnline: 'checkUserOnline',
        sendChatMessage: 'sendChatMessage',
      },
    },
  },
  legacy: {
    path: '/api/socket-namespaces',
    '/auth': {
      server: {
        authError: 'authError',
        authenticated: 'authenticated',
        designationsUpdated: 'designationsUpdated',
        force_logout: 'force_logout',
        ping: 'ping',
        server_shutdown: 'server_shutdown',
        tokenUpdated: 'tokenUpdated',
        userStatusChanged: 'userStatusChanged',
      },
      client: {
        authenticate: 'authenticate',
        tokenUpdateReceived: 'tokenUpdateReceived',
        statusUpdateReceived: 'statusUpdateReceived',
        pong: 'pong',
        logout: 'logout',
      },
    },
    '/messenger': {
      server: {
        getOnlineUsers: 'getOnlineUsers',
        messageReadReceipt: 'messageReadReceipt',
        messageSent: 'messageSent',
        newMessage: 'newMessage',
        ping: 'ping',
        server_shutdown: 'server_shutdown',
        testResponse: 'testResponse',
        userOnlineStatus: 'userOnlineStatus',
        userTyping: 'userTyping',
      },
      client: {
        typing: 'typing',
        joinChatRoom: 'joinChatRoom',
        leaveChatRoom: 'leaveChatRoom',
        messageRead: 'messageRead',
        getOnlineUsers: 'getOnlineUsers',
        checkUserOnline: 'checkUserOnline',
        authenticate: 'authenticate',
        test: 'test',
        pong: 'pong',
      },
    },
    '/notifications': {
      server: {
        force_logout: 'force_logout',
        newMessage: 'newMessage',
        notification: 'notification',
        notificationRead: 'notificationRead',
        ping: 'ping',
        server_shutdown: 'server_shutdown',
        unreadCount: 'unreadCount',
      },
      client: {
        markNotificationRead: 'markNotificationRead',
        markAllNotificationsRead: 'markAllNotificationsRead',
        getNotifications: 'getNotifications',
      },
    },
  },
  social: {
    path: '/socket.io',
    '/': {
      server: {
        all_notifications_updated: 'all_notifications_updated',
        error: 'error',
        message_deleted: 'message_deleted',
        message_deleted_confirmation: 'message_deleted_confirmation',
        message_read_confirmation: 'message_read_confirmation',
        message_seen: 'message_seen',
        message_sent: 'message_sent',
        new_notification: 'new_notification',
        notification_deleted: 'notification_deleted',
        notification_updated: 'notification_updated',
        preferences_updated: 'preferences_updated',
        receive_message: 'receive_message',
        user_status_change: 'user_status_change',
        user_stopped_typing: 'user_stopped_typing',
        user_typing: 'user_typing',
      },
      client: {
        send_message: 'send_message',
        message_read: 'message_read',
        delete_message: 'delete_message',
        typing_start: 'typing_start',
        typing_stop: 'typing_stop',
        set_status: 'set_status',
        mark_notification_read: 'mark_notification_read',
        delete_notification: 'delete_notification',
        mark_all_notifications_read: 'mark_all_notifications_read',
        update_notification_preferences: 'update_notification_preferences',
      },
    },
  },
  tracking: {
    path: '/socket.io',
    '/': {
      server: {
        analytics_update: 'analytics_update',
        global_analytics_update: 'global_analytics_update',
        message_update: 'message_update',
        notification: 'notification',
        ping: 'ping',
        pong: 'pong',
        recipient_update: 'recipient_update',
      },
      client: {
        join_room: 'join_room',
        leave_room: 'leave_room',
        get_rooms: 'get_rooms',
        subscribe_analytics: 'subscribe_analytics',
        unsubscribe_analytics: 'unsubscribe_analytics',
        track_message: 'track_message',
        untrack_message: 'untrack_message',
        mark_notification_read: 'mark_notification_read',
        ping: 'ping',
        pong: 'pong',
      },
    },
  },
  monitor: {
    path: '/api/socket',
    '/monitor': {
      server: {
        authError: 'authError',
        force_logout: 'force_logout',
        'monitor:events': 'monitor:events',
        'monitor:state': 'monitor:state',
        'monitor:update': 'monitor:update',
        server_shutdown: 'server_shutdown',
      },
      client: {
        'monitor:subscribe': 'monitor:subscribe',
        'monitor:snapshot': 'monitor:snapshot',
        'monitor:disconnect': 'monitor:disconnect',
        ping: 'ping',
      },
    },
  },
  resume: {
    path: '/api/socket',
    '/': {
      server: {
        'outrigger:position': 'outrigger:position',
        reset: 'reset',
        resume: 'resume',
      },
      client: {
      },
    },
  },
} as const
