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
 * Whether something was done.
 */
export type CommerceAck = CommerceDone | CommerceRefusal;

/**
 * Something for everyone to read.
 */
export type CommerceAnnouncement = { 
/**
 * One line.
 */
title: string, 
/**
 * The text.
 */
message: string, 
/**
 * How much it wants to be seen.
 */
priority: 'normal' | 'high', };

/**
 * This user may sell.
 */
export type CommerceApplicationApproved = { 
/**
 * A sentence for people.
 */
message: string, 
/**
 * Which business.
 */
businessName?: string, };

/**
 * Someone wants to sell; for admins.
 */
export type CommerceApplicationNew = { 
/**
 * Which application.
 */
applicationId: string, 
/**
 * Of which business.
 */
businessName: string, 
/**
 * The applicant's address.
 */
applicantEmail?: string, };

/**
 * The token or the account no longer holds; the socket closes behind this.
 */
export type CommerceAuthError = { 
/**
 * Why, in the contract's words.
 */
message: string, 
/**
 * Always `AUTH_ERROR`.
 */
code: 'AUTH_ERROR', 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Argument of `admin:broadcast`.
 */
export type CommerceBroadcast = { 
/**
 * The event's name.
 */
event: string, 
/**
 * What it carries.
 */
payload?: unknown, 
/**
 * In which room; everywhere if it is absent.
 */
room?: string, };

/**
 * Acknowledgement of `admin:broadcast`.
 */
export type CommerceBroadcastAck = CommerceDone | CommerceNameless | CommerceRefusal;

/**
 * The cart was changed on another socket of this user.
 */
export type CommerceCartSynced = { 
/**
 * As it is now.
 */
cart: unknown, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Argument of `user:cart_update`.
 */
export type CommerceCartUpdate = { 
/**
 * As it is now.
 */
cart: unknown, };

/**
 * A message for this user, or in a room.
 */
export type CommerceChatMessage = { 
/**
 * Our id.
 */
messageId: string, 
/**
 * The sender's address, or their id where it is not known or not to be shown (`contracts/commerce.md` section 7).
 */
from: string, 
/**
 * The sender's id.
 */
fromId: string, 
/**
 * The sender's name.
 */
fromName: string, 
/**
 * The text.
 */
message: string, 
/**
 * In which room; absent in a message to one user.
 */
roomId?: string, 
/**
 * When it was stored.
 */
timestamp: Timestamp, };

/**
 * An answer is complete.
 */
export type CommerceChatbotCompleted = { 
/**
 * Whose.
 */
userId: string, 
/**
 * All of it.
 */
response: string, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * There will be no answer, or no more of it.
 */
export type CommerceChatbotError = { 
/**
 * Whose.
 */
userId: string, 
/**
 * Why, for programs.
 */
error: string, 
/**
 * A sentence for people.
 */
message?: string, 
/**
 * Of which kind.
 */
errorType?: string, 
/**
 * Whether it took too long.
 */
timeout?: boolean, 
/**
 * As far as it came.
 */
partialResponse?: string, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * An answer is being thought of.
 */
export type CommerceChatbotStarted = { 
/**
 * Whose.
 */
userId: string, 
/**
 * To what.
 */
message: string, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * The next piece of an answer; pieces come in order.
 */
export type CommerceChatbotToken = { 
/**
 * Whose.
 */
userId: string, 
/**
 * The piece.
 */
token: string, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * Something about this socket went wrong.
 */
export type CommerceConnectionError = { 
/**
 * A sentence for people.
 */
message: string, 
/**
 * Always `SOCKET_ERROR`.
 */
code: 'SOCKET_ERROR', 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * How many are there; for admins, every 30 seconds and when they ask.
 */
export type CommerceConnectionStats = { 
/**
 * Users, each once.
 */
totalUsers: number, 
/**
 * Sockets of the marketplace.
 */
totalConnections: number, 
/**
 * Sockets of one user in the mean.
 */
averageConnectionsPerUser: CommerceMean, 
/**
 * Users with more than one, at most a hundred.
 */
multipleConnectionUsers: { userId: string; connectionCount: number }[], 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * The first thing a socket is told.
 */
export type CommerceConnectionSuccess = { 
/**
 * The client's own socket.
 */
socketId: string, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * Who it is; `null` for a guest.
 */
userId: string | null, 
/**
 * The name to show.
 */
userName: string, 
/**
 * What the user may do.
 */
userRole: 'admin' | 'seller' | 'user' | 'guest', 
/**
 * When, in ms.
 */
timestamp: number, 
/**
 * Sockets of the marketplace, this one among them.
 */
activeConnections: number, 
/**
 * Whether a token was shown.
 */
isAuthenticated: boolean, };

/**
 * Known to clients; the sidecar never sends it by itself.
 */
export type CommerceConnectionTimeout = { 
/**
 * A sentence for people.
 */
message: string, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * How many are there.
 */
export type CommerceCounted = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * As in `connection:stats`.
 */
data: CommerceConnectionStats, };

/**
 * Someone looked at a craft; for admins, at most every 2 seconds.
 */
export type CommerceCraftViewed = { 
/**
 * Who.
 */
userId: string | null, 
/**
 * Which.
 */
craftId: string, 
/**
 * What it is called.
 */
craftName: string, 
/**
 * Of which kind.
 */
category: string, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * The app's own figures; for admins.
 */
export type CommerceDashboardStats = Record<string, unknown>;

/**
 * Argument of `admin:force_disconnect` and `admin:disconnect_user`.
 */
export type CommerceDisconnectUser = { 
/**
 * Whom.
 */
userId: string, 
/**
 * What the user is told.
 */
reason: string, };

/**
 * It was done.
 */
export type CommerceDone = { 
/**
 * Always `true`.
 */
success: true, };

/**
 * The same for clients that listen there; always beside `connection:error`.
 */
export type CommerceErrorMessage = { 
/**
 * A sentence for people.
 */
message: string, 
/**
 * Always `SOCKET_ERROR`.
 */
code: 'SOCKET_ERROR', };

/**
 * What this socket may send, whenever that changes.
 */
export type CommerceEventsAvailable = { 
/**
 * Names, in order.
 */
events: Array<string>, 
/**
 * For which role.
 */
role: 'admin' | 'seller' | 'user' | 'guest', };

/**
 * Something of ours failed, or the event is none of this contract.
 */
export type CommerceFailed = { 
/**
 * Why, for programs.
 */
code: 'INTERNAL_ERROR' | 'UNKNOWN_EVENT', 
/**
 * A sentence for people.
 */
message: string, };

/**
 * Argument of events that the app alone understands.
 */
export type CommerceForApp = Record<string, unknown>;

/**
 * The socket is closed from the server's side behind this.
 */
export type CommerceForceDisconnect = { 
/**
 * Why, for people.
 */
reason: string, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Something of ours failed; nothing was done.
 */
export type CommerceInternalError = { 
/**
 * Always `INTERNAL_ERROR`.
 */
code: 'INTERNAL_ERROR', 
/**
 * A sentence for people.
 */
message: string, 
/**
 * Which event failed.
 */
event: string, };

/**
 * What was sent cannot be taken. Also what acknowledges it.
 */
export type CommerceInvalid = { 
/**
 * Why, for programs.
 */
code: 'VALIDATION_ERROR' | 'RATE_LIMITED', 
/**
 * Why, in the contract's words.
 */
message: string, 
/**
 * Which event was refused.
 */
event: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * Someone who is there.
 */
export type CommerceListedUser = { 
/**
 * Who.
 */
userId: string, 
/**
 * The name to show.
 */
userName: string, 
/**
 * The address.
 */
userEmail: string, 
/**
 * With which standing.
 */
userRole: 'admin' | 'seller' | 'user', 
/**
 * On how many sockets.
 */
connections: number, };

/**
 * Who is there: in order of their ids, at most 1,000.
 */
export type CommerceListedUsers = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Who.
 */
data: Array<CommerceListedUser>, };

/**
 * Figures of the last day; for admins, at most every 5 seconds.
 */
export type CommerceLiveStats = { 
/**
 * All that was counted.
 */
totalEvents: number, 
/**
 * Crafts that were looked at.
 */
craftViews: number, 
/**
 * Searches.
 */
searches: number, 
/**
 * People.
 */
uniqueUsers: number, 
/**
 * What is searched for most.
 */
topSearches: Array<CommerceTopSearch>, 
/**
 * What happened last.
 */
recentActivity: Array<JsonValue>, 
/**
 * Over which time.
 */
timeRange: '24h', 
/**
 * When they were counted.
 */
lastUpdated: Timestamp, };

/**
 * How many sockets a user has in the mean: with two decimals, or nought.
 */
export type CommerceMean = string | 0;

/**
 * A message of this user was read.
 */
export type CommerceMessageRead = { 
/**
 * Which.
 */
messageId: string, 
/**
 * By whom.
 */
readBy: string, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * A broadcast had no name.
 */
export type CommerceNameless = { 
/**
 * What is missing.
 */
error: string, };

/**
 * Something to read, for this user, a role or everyone.
 */
export type CommerceNotification = { 
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
 * How much it wants to be seen.
 */
priority: 'normal' | 'high', 
/**
 * When it was made.
 */
timestamp: Timestamp, };

/**
 * A notification of this user was stored.
 */
export type CommerceNotificationNew = { 
/**
 * Our id: it can be read and dismissed under it.
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
 * How much it wants to be seen.
 */
priority: 'normal' | 'high', 
/**
 * When it was made.
 */
timestamp: Timestamp, };

/**
 * Argument of `chat:read`.
 */
export type CommerceOneMessage = { 
/**
 * Which.
 */
messageId: string, };

/**
 * Argument of `notification:read` and `notification:dismiss`.
 */
export type CommerceOneNotification = { 
/**
 * Which.
 */
notificationId: string, };

/**
 * Argument of `chat:join_room` and `chat:leave_room`.
 */
export type CommerceOneRoom = { 
/**
 * The room's name.
 */
roomId: string, };

/**
 * Argument of `user:order_create`; the app may have more in it.
 */
export type CommerceOrderCreate = { orderNumber: string | number; [more: string]: unknown };

/**
 * An order was placed; for its buyer.
 */
export type CommerceOrderCreated = { 
/**
 * The app's id.
 */
orderId: string, 
/**
 * What people call it.
 */
orderNumber: string, 
/**
 * What it costs.
 */
total?: JsonValue, 
/**
 * A sentence for people.
 */
message?: string, };

/**
 * Someone ordered; for admins.
 */
export type CommerceOrderNew = { 
/**
 * Who.
 */
userId: string, 
/**
 * What the buyer is called.
 */
userName: string, 
/**
 * The order in the client's words.
 */
order: Record<string, unknown>, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Something of this seller was ordered.
 */
export type CommerceOrderReceived = { 
/**
 * The app's id.
 */
orderId: string, 
/**
 * What was ordered.
 */
productName: string, };

/**
 * An order is further; for its buyer and whoever said so.
 */
export type CommerceOrderStatus = { 
/**
 * Which.
 */
orderId: string, 
/**
 * How it is now.
 */
newStatus: string, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Argument of `seller:order_status_update`; the app may have more in it.
 */
export type CommerceOrderStatusUpdate = { orderId: string; status: 'pending' | 'processing' | 'shipped' | 'delivered' | 'cancelled' | 'refunded'; [more: string]: unknown };

/**
 * Argument of `ping`.
 */
export type CommercePing = { 
/**
 * When the client asks, in ms.
 */
timestamp?: number, };

/**
 * The rules for products change; for sellers.
 */
export type CommercePolicyUpdated = { 
/**
 * A sentence for people.
 */
message: string, 
/**
 * From when on.
 */
effectiveDate: string, };

/**
 * Answers `ping`.
 */
export type CommercePong = { 
/**
 * When, in ms.
 */
timestamp: number, 
/**
 * When the client asked, as it said.
 */
clientTimestamp?: number, 
/**
 * The difference, in ms; `null` if the client did not say when it asked.
 */
latency: number | null, 
/**
 * The client's own socket.
 */
socketId: string, };

/**
 * A product of this seller may be sold.
 */
export type CommerceProductApproved = { 
/**
 * Which.
 */
productId: string, 
/**
 * What it is called.
 */
productName: string, 
/**
 * A sentence for people.
 */
message: string, };

/**
 * Argument of `seller:product_create`; the app may have more in it.
 */
export type CommerceProductCreate = { name: string; price: number; description: string; [more: string]: unknown };

/**
 * A product of this seller was approved.
 */
export type CommerceProductModerated = { 
/**
 * Which.
 */
productId: string, 
/**
 * What it is called.
 */
productName: string, 
/**
 * What was decided.
 */
status: string, 
/**
 * Why, for people.
 */
note: string | null, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * A seller offers something new; for admins.
 */
export type CommerceProductOffered = { 
/**
 * Who.
 */
sellerId: string, 
/**
 * What the seller is called.
 */
sellerName: string, 
/**
 * The product in the client's words.
 */
product: Record<string, unknown>, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * A product of this seller was rejected.
 */
export type CommerceProductRejected = { 
/**
 * Which.
 */
productId: string, 
/**
 * What it is called.
 */
productName: string, 
/**
 * What was decided.
 */
status: string, 
/**
 * Why, for people.
 */
note: string | null, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * It was decided about a product; for admins.
 */
export type CommerceProductStatusChanged = { 
/**
 * Which.
 */
productId: string, 
/**
 * What it is called.
 */
productName: string, 
/**
 * What was decided.
 */
status: string, 
/**
 * By whom.
 */
moderator: string | null, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Argument of `seller:product_update`; the app may have more in it.
 */
export type CommerceProductUpdate = { productId: string; changes: unknown; [more: string]: unknown };

/**
 * A product is different; for those who watch it.
 */
export type CommerceProductUpdated = { 
/**
 * Which.
 */
productId: string, 
/**
 * What is different: a list of names, a map, or whatever else clients agree on.
 */
changes: unknown, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * How the user is shown was changed on another socket of this user.
 */
export type CommerceProfileSynced = { 
/**
 * As it is now.
 */
profile: unknown, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Argument of `user:profile_update`.
 */
export type CommerceProfileUpdate = { 
/**
 * As it is now.
 */
profile: unknown, };

/**
 * A picture was recognised.
 */
export type CommerceRecognitionCompleted = { 
/**
 * Whose.
 */
userId: string, 
/**
 * Which file.
 */
filename: string, 
/**
 * What is on it.
 */
craftName: string, 
/**
 * How sure that is.
 */
confidence: number, 
/**
 * What else it could be.
 */
allPredictions: unknown[], 
/**
 * How long the looking took.
 */
processingTime: number, 
/**
 * How long all of it took.
 */
totalTime: number, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * A picture was not recognised.
 */
export type CommerceRecognitionFailed = { 
/**
 * Whose.
 */
userId: string, 
/**
 * Which file.
 */
filename: string, 
/**
 * Why, for programs.
 */
error: string, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * A picture is looked at.
 */
export type CommerceRecognitionStarted = { 
/**
 * Whose.
 */
userId: string, 
/**
 * Which file.
 */
filename: string, 
/**
 * Its size in bytes.
 */
fileSize: number, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * A client that was here before is back and takes up its feed.
 */
export type CommerceReconnected = { 
/**
 * The client's own socket.
 */
socketId: string, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * Who it is.
 */
userId: string | null, 
/**
 * The name to show.
 */
userName: string, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Known to clients; the sidecar never sends it by itself.
 */
export type CommerceReconnecting = { 
/**
 * Which attempt it is.
 */
attemptNumber: number, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * A recording was understood.
 */
export type CommerceRecordingCompleted = { 
/**
 * Whose.
 */
userId: string, 
/**
 * Which file.
 */
filename: string, 
/**
 * What was said.
 */
text: string, 
/**
 * In which language.
 */
language: string, 
/**
 * How sure that is.
 */
confidence: number, 
/**
 * Who understood it.
 */
provider: string, 
/**
 * How long the listening took.
 */
processingTime: number, 
/**
 * How long all of it took.
 */
totalTime: number, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * A recording was not understood.
 */
export type CommerceRecordingFailed = { 
/**
 * Whose.
 */
userId: string, 
/**
 * Which file.
 */
filename: string, 
/**
 * Why, for programs.
 */
error: string, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * A recording is listened to.
 */
export type CommerceRecordingStarted = { 
/**
 * Whose.
 */
userId: string, 
/**
 * Which file.
 */
filename: string, 
/**
 * Its size in bytes.
 */
fileSize: number, 
/**
 * In which language.
 */
language: string, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * Why something was not done.
 */
export type CommerceRefusal = CommerceUnauthorized | CommerceInvalid | CommerceFailed;

/**
 * It was done, and here is a sentence for people.
 */
export type CommerceSaid = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * The sentence.
 */
message: string, };

/**
 * Acknowledgement of `seller:product_create` and `user:order_create`.
 */
export type CommerceSaidAck = CommerceSaid | CommerceRefusal;

/**
 * Argument of `chat:message`: to a user, or else in a room.
 */
export type CommerceSay = { 
/**
 * The text.
 */
message: string, 
/**
 * To whom.
 */
recipientId?: string, 
/**
 * In which room.
 */
roomId?: string, 
/**
 * What the client calls it: the same one again is the same message.
 */
clientMessageId?: string, };

/**
 * Someone searched; for admins, at most every 2 seconds.
 */
export type CommerceSearched = { 
/**
 * Who.
 */
userId: string | null, 
/**
 * For what.
 */
query: string, 
/**
 * How.
 */
searchType: 'text' | 'voice', 
/**
 * With how many results.
 */
resultsCount: number, 
/**
 * When.
 */
timestamp: string | number, };

/**
 * This user's application was approved.
 */
export type CommerceSellerModerated = { 
/**
 * Which application.
 */
applicationId: string | null, 
/**
 * What was decided.
 */
status: string, 
/**
 * Why, for people.
 */
note: string | null, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * This user's application was rejected.
 */
export type CommerceSellerRejected = { 
/**
 * Which application.
 */
applicationId: string | null, 
/**
 * What was decided.
 */
status: string, 
/**
 * Why, for people.
 */
note: string | null, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * It was decided about a seller; for admins.
 */
export type CommerceSellerStatusChanged = { 
/**
 * Which application.
 */
applicationId: string | null, 
/**
 * Whose.
 */
userName: string | null, 
/**
 * What was decided.
 */
status: string, 
/**
 * By whom.
 */
moderator: string | null, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * A message is stored.
 */
export type CommerceSent = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Our id.
 */
messageId: string, };

/**
 * Acknowledgement of `chat:message`.
 */
export type CommerceSentAck = CommerceSent | CommerceRefusal;

/**
 * Acknowledgement of `admin:stats`.
 */
export type CommerceStatsAck = CommerceCounted | CommerceRefusal;

/**
 * Argument of `admin:system_notification`.
 */
export type CommerceSystemNotification = { 
/**
 * One line.
 */
title: string, 
/**
 * The text.
 */
message: string, 
/**
 * `high` or `normal`.
 */
priority?: 'normal' | 'high', };

/**
 * What is searched for most.
 */
export type CommerceTopSearch = { 
/**
 * The words.
 */
_id: string, 
/**
 * How often.
 */
count: number, 
/**
 * Written or spoken.
 */
searchType: string, };

/**
 * Argument of `chat:typing`.
 */
export type CommerceTyping = { 
/**
 * To whom.
 */
recipientId: string, 
/**
 * Typing, or no longer.
 */
isTyping: boolean, };

/**
 * Someone is typing to this user, or no longer.
 */
export type CommerceTypingStatus = { 
/**
 * Who.
 */
from: string, 
/**
 * What they are called.
 */
fromName: string, 
/**
 * Typing, or no longer.
 */
isTyping: boolean, };

/**
 * The role does not allow it. Also what acknowledges it.
 */
export type CommerceUnauthorized = { 
/**
 * Always `UNAUTHORIZED`.
 */
code: 'UNAUTHORIZED', 
/**
 * A sentence for people.
 */
message: string, 
/**
 * Which event was refused.
 */
event: string, 
/**
 * Who may send it: none, if nobody may.
 */
requiredRoles: ('admin' | 'seller' | 'user')[], 
/**
 * What the user is.
 */
userRole: 'admin' | 'seller' | 'user' | 'guest', };

/**
 * A socket of someone who is no admin opened; for admins.
 */
export type CommerceUserConnected = { 
/**
 * Who.
 */
userId: string, 
/**
 * The name to show.
 */
userName: string, 
/**
 * The address.
 */
userEmail: string, 
/**
 * With which standing.
 */
userRole: 'admin' | 'seller' | 'user', 
/**
 * On which socket, by a name that is no credential.
 */
socketId: string, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * The last socket of someone closed; for admins.
 */
export type CommerceUserDisconnected = { 
/**
 * Who.
 */
userId: string, 
/**
 * The name to show.
 */
userName: string, 
/**
 * The address.
 */
userEmail: string, 
/**
 * With which standing.
 */
userRole: 'admin' | 'seller' | 'user', 
/**
 * Why, in Socket.IO's words.
 */
reason: string, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Someone came into a room.
 */
export type CommerceUserJoined = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Which room.
 */
roomId: string, };

/**
 * Someone went out of a room.
 */
export type CommerceUserLeft = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Which room.
 */
roomId: string, };

/**
 * Acknowledgement of `admin:user_list`.
 */
export type CommerceUsersAck = CommerceListedUsers | CommerceRefusal;

/**
 * A search by voice is through.
 */
export type CommerceVoiceSearchCompleted = { 
/**
 * Whose.
 */
userId: string, 
/**
 * For what.
 */
query: string, 
/**
 * How many results were sent.
 */
totalResults: number, 
/**
 * How many there are.
 */
totalCount: number, 
/**
 * Which page this was.
 */
page: number, 
/**
 * How many pages there are.
 */
pages: number, };

/**
 * A search by voice found nothing because it failed.
 */
export type CommerceVoiceSearchFailed = { 
/**
 * Whose.
 */
userId: string, 
/**
 * For what.
 */
query: string, 
/**
 * Why, for programs.
 */
error: string, 
/**
 * A sentence for people.
 */
message?: string, };

/**
 * Some of what was found, five at a time.
 */
export type CommerceVoiceSearchResults = { 
/**
 * Whose.
 */
userId: string, 
/**
 * For what.
 */
query: string, 
/**
 * This part of it.
 */
results: unknown[], 
/**
 * Which part, from 1.
 */
batch: number, 
/**
 * How many parts there are.
 */
totalBatches: number, 
/**
 * Whether it is the last one.
 */
isComplete: boolean, 
/**
 * How many results there are in all parts.
 */
totalResults: number, 
/**
 * How many there are beyond this page.
 */
totalCount: number, };

/**
 * A search by voice began.
 */
export type CommerceVoiceSearchStarted = { 
/**
 * Whose.
 */
userId: string, 
/**
 * For what.
 */
query: string, };

/**
 * The wishlist was changed on another socket of this user.
 */
export type CommerceWishlistSynced = { 
/**
 * As it is now.
 */
wishlist: unknown, 
/**
 * When, in ms.
 */
timestamp: number, };

/**
 * Argument of `user:wishlist_update`.
 */
export type CommerceWishlistUpdate = { 
/**
 * As it is now.
 */
wishlist: unknown, };

/**
 * Whether something was done.
 */
export type ContactsAck = ContactsDone | ContactsRefused;

/**
 * The admin who looks after a request is gone, and others may claim it; for admins.
 */
export type ContactsAdminDisconnected = { 
/**
 * Which.
 */
contactId: string, 
/**
 * The admin's name.
 */
adminName: string, 
/**
 * The chat about it.
 */
chatRoomId: string, };

/**
 * An admin answered; for whoever asked, beside `contactMessage`.
 */
export type ContactsAdminResponse = { 
/**
 * About which request.
 */
contactId: string, 
/**
 * The admin's name.
 */
adminName: string, 
/**
 * The text.
 */
message: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * The admin who looks after a request.
 */
export type ContactsAssigned = { 
/**
 * Who.
 */
id: string, 
/**
 * The name to show.
 */
name: string, 
/**
 * The address; empty if not known.
 */
email: string, 
/**
 * Since when.
 */
claimedAt: Timestamp, };

/**
 * A request was given to this admin because nobody took it.
 */
export type ContactsAutoAssigned = { 
/**
 * Which.
 */
contactId: string, 
/**
 * The request.
 */
contact: ContactsContact, 
/**
 * Why, for people.
 */
reason: string, };

/**
 * Acknowledgement of `claimContact`.
 */
export type ContactsClaimAck = ContactsClaimDone | ContactsRefused;

/**
 * The request is this admin's.
 */
export type ContactsClaimDone = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * The request.
 */
contact: ContactsContact, 
/**
 * The chat about it.
 */
chatRoomId: string, };

/**
 * A request was not claimed, or not given back.
 */
export type ContactsClaimError = { 
/**
 * Why.
 */
error: string, 
/**
 * The name of the admin who has it.
 */
assignedTo?: string, 
/**
 * Which event was refused.
 */
event: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * An admin looks after a request; for admins. The one who claimed it has the request with it.
 */
export type ContactsClaimed = { 
/**
 * Which.
 */
contactId: string, 
/**
 * The admin's name.
 */
adminName: string, 
/**
 * Who.
 */
adminId: string, 
/**
 * The request; only for who claimed it.
 */
contact?: ContactsContact, 
/**
 * The chat about it; only for who claimed it.
 */
chatRoomId?: string, };

/**
 * A request, as admins see it.
 */
export type ContactsContact = { 
/**
 * Our id.
 */
id: string, 
/**
 * Who asks, as they said.
 */
name: string, 
/**
 * Their address, as they said.
 */
email: string, 
/**
 * What about.
 */
subject?: string, 
/**
 * The text.
 */
message: string, 
/**
 * How soon.
 */
priority: 'low' | 'normal' | 'high' | 'urgent', 
/**
 * Their telephone, as they said.
 */
phone?: string, 
/**
 * How far it is.
 */
status: 'pending' | 'in_progress' | 'resolved', 
/**
 * When it came.
 */
submittedAt: Timestamp, 
/**
 * Who looks after it.
 */
assignedAdmin?: ContactsAssigned, 
/**
 * When it was done.
 */
resolvedAt?: Timestamp, 
/**
 * By whom.
 */
resolvedBy?: ContactsResolver, };

/**
 * Figures.
 */
export type ContactsCounted = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * As in `contactStats`.
 */
stats: ContactsStats, };

/**
 * It was done.
 */
export type ContactsDone = { 
/**
 * Always `true`.
 */
success: true, };

/**
 * Argument of `submitContactForm`.
 */
export type ContactsForm = { 
/**
 * Who asks.
 */
name: string, 
/**
 * The same, as the form over HTTP calls it.
 */
contact_name?: string, 
/**
 * Where an answer reaches them.
 */
email: string, 
/**
 * What about.
 */
subject?: string, 
/**
 * The text.
 */
message: string, 
/**
 * How soon; `normal` if it is absent.
 */
priority?: 'low' | 'normal' | 'high' | 'urgent', 
/**
 * Their telephone.
 */
phone?: string, };

/**
 * The form was not taken in.
 */
export type ContactsFormError = { 
/**
 * A sentence for people, always the same.
 */
error: string, 
/**
 * What is wrong with it.
 */
details: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * A request was taken in; for whoever asked.
 */
export type ContactsFormSubmitted = { 
/**
 * Our id.
 */
id: string, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * How long an answer takes, for people.
 */
estimatedResponseTime: string, 
/**
 * Lets whoever has it back into the chat; shown once.
 */
accessToken: string, };

/**
 * What was said before, oldest first, at most the last 200; for whoever enters a chat. Nothing of it comes again.
 */
export type ContactsHistory = { 
/**
 * About which request.
 */
contactId: string, 
/**
 * What was said.
 */
messages: Array<ContactsMessage>, 
/**
 * How far the request is.
 */
status: 'pending' | 'in_progress' | 'resolved', };

/**
 * Acknowledgement of `joinContactChat`.
 */
export type ContactsJoinAck = ContactsJoined | ContactsRefused;

/**
 * Argument of `joinContactChat`.
 */
export type ContactsJoinChat = string | { 
/**
 * Its id.
 */
contactId: string, 
/**
 * The access token that `contactFormSubmitted` brought.
 */
accessToken?: string, };

/**
 * The socket is in the chat.
 */
export type ContactsJoined = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Which request.
 */
contactId: string, 
/**
 * The chat about it.
 */
chatRoomId: string, 
/**
 * How far the request is.
 */
status: 'pending' | 'in_progress' | 'resolved', };

/**
 * What waits.
 */
export type ContactsListed = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * As in `pendingContacts`.
 */
contacts: Array<ContactsSubmission>, };

/**
 * Something was said; for everybody in the chat. Also a row of `contactChatHistory`.
 */
export type ContactsMessage = { 
/**
 * Our id.
 */
id: string, 
/**
 * About which request.
 */
contactId: string, 
/**
 * Who; a guest has an id of the sidecar's own.
 */
senderId: string, 
/**
 * The name to show.
 */
senderName: string, 
/**
 * With which standing.
 */
senderRole: 'admin' | 'user' | 'guest', 
/**
 * The text.
 */
message: string, 
/**
 * The client's word for its kind, e.g. `text`.
 */
type: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Anything else was refused, or the socket closes behind this; then no event was.
 */
export type ContactsMessageError = { 
/**
 * Why.
 */
error: string, 
/**
 * Which event was refused.
 */
event?: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * Argument of `claimContact`, `releaseContact`, `resolveContact` and `leaveContactChat`.
 */
export type ContactsOneContact = string | { 
/**
 * Its id.
 */
contactId: string, };

/**
 * What waits, urgent requests first, then the newest; a bare array.
 */
export type ContactsPending = Array<ContactsSubmission>;

/**
 * Acknowledgement of `getPendingContacts`.
 */
export type ContactsPendingAck = ContactsListed | ContactsRefused;

/**
 * It was not done.
 */
export type ContactsRefused = { 
/**
 * Always `false`.
 */
success: false, 
/**
 * Why.
 */
error: string, 
/**
 * What is wrong with the form.
 */
details?: string, 
/**
 * The name of the admin who has the request.
 */
assignedTo?: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * An admin gave a request back; for admins.
 */
export type ContactsReleased = { 
/**
 * Which.
 */
contactId: string, 
/**
 * The admin's name.
 */
adminName: string, };

/**
 * Acknowledgement of `resolveContact`.
 */
export type ContactsResolveAck = ContactsResolveDone | ContactsRefused;

/**
 * The request is done.
 */
export type ContactsResolveDone = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * The request.
 */
contact: ContactsContact, };

/**
 * A request was not resolved.
 */
export type ContactsResolveError = { 
/**
 * Why.
 */
error: string, 
/**
 * Which event was refused.
 */
event: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * A request is done; for admins and those in its chat. Whoever did it has the request with it.
 */
export type ContactsResolved = { 
/**
 * Which.
 */
contactId: string, 
/**
 * The admin's name.
 */
resolvedBy: string, 
/**
 * From coming to being done, in minutes, rounded.
 */
responseTime: number, 
/**
 * The request; only for who did it.
 */
contact?: ContactsContact, };

/**
 * The admin who was done with one.
 */
export type ContactsResolver = { 
/**
 * Who.
 */
id: string, 
/**
 * The name to show.
 */
name: string, };

/**
 * It is stored.
 */
export type ContactsSaid = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Our id.
 */
id: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Argument of `sendContactMessage`.
 */
export type ContactsSay = { 
/**
 * About which request.
 */
contactId: string, 
/**
 * The text.
 */
message: string, 
/**
 * A word for its kind; `text` if it is absent.
 */
type?: string, };

/**
 * Acknowledgement of `sendContactMessage`.
 */
export type ContactsSayAck = ContactsSaid | ContactsRefused;

/**
 * Figures, for admins: when they ask, and on change, once in 5 s at most.
 */
export type ContactsStats = { 
/**
 * Requests that ever came.
 */
totalContacts: number, 
/**
 * Chats that are open.
 */
activeChats: number, 
/**
 * Messages exchanged.
 */
messagesExchanged: number, 
/**
 * From coming to being done, in ms.
 */
averageResponseTime: number, 
/**
 * Admins who are there.
 */
onlineAdmins: number, 
/**
 * Requests that wait.
 */
pendingContacts: number, 
/**
 * Requests that are not done.
 */
activeContacts: number, };

/**
 * Acknowledgement of `getContactStats`.
 */
export type ContactsStatsAck = ContactsCounted | ContactsRefused;

/**
 * A request waits; for admins. Also a row of `pendingContacts`.
 */
export type ContactsSubmission = { 
/**
 * Our id.
 */
id: string, 
/**
 * Who asks, as they said.
 */
name: string, 
/**
 * Their address, as they said.
 */
email: string, 
/**
 * What about; empty if they did not say.
 */
subject: string, 
/**
 * How soon.
 */
priority: 'low' | 'normal' | 'high' | 'urgent', 
/**
 * When it came.
 */
submittedAt: Timestamp, };

/**
 * Acknowledgement of `submitContactForm`.
 */
export type ContactsSubmitAck = ContactsSubmitted | ContactsRefused;

/**
 * The request was taken in.
 */
export type ContactsSubmitted = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Our id.
 */
id: string, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * How long an answer takes, for people.
 */
estimatedResponseTime: string, 
/**
 * Lets whoever has it back into the chat.
 */
accessToken: string, };

/**
 * Argument of `contactTyping`.
 */
export type ContactsTyping = { 
/**
 * About which request.
 */
contactId: string, 
/**
 * Typing, or no longer.
 */
isTyping: boolean, };

/**
 * Somebody is typing, or no longer; for the others in the chat.
 */
export type ContactsUserTyping = { 
/**
 * About which request.
 */
contactId: string, 
/**
 * The name to show.
 */
userName: string, 
/**
 * With which standing.
 */
userRole: 'admin' | 'user' | 'guest', 
/**
 * Typing, or no longer.
 */
isTyping: boolean, 
/**
 * When.
 */
timestamp: Timestamp, };

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
 * Whether something was done.
 */
export type QuizAck = QuizDone | QuizRefused;

/**
 * A sign of life.
 */
export type QuizAlive = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * When, by the sidecar's clock.
 */
serverTime: Timestamp, };

/**
 * Argument of `submitAnswer`.
 */
export type QuizAnswer = { quizId: string; questionId: string; answer: unknown; timeSpent?: number };

/**
 * Acknowledgement of `submitAnswer`.
 */
export type QuizAnswerAck = QuizAnswered | QuizRefused;

/**
 * An answer is stored.
 */
export type QuizAnswered = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Questions answered by now.
 */
questionsAnswered: number, };

/**
 * The next question stands.
 */
export type QuizAsked = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * In which quiz.
 */
quizId: string, 
/**
 * Always `false`.
 */
completed: false, 
/**
 * Which.
 */
question: QuizStandingQuestion, };

/**
 * Something was said in a room in older words; also for whoever said it.
 */
export type QuizBackRoomMessage = string | { message: string; username: string; userId: string; roomName: string };

/**
 * A quiz is over.
 */
export type QuizCompleted = { 
/**
 * Which.
 */
quizId: string, 
/**
 * Who led: at most the first hundred.
 */
leaderboard: Array<QuizLeader>, };

/**
 * Connections of this process.
 */
export type QuizConnections = { 
/**
 * Since the start.
 */
totalConnections: number, 
/**
 * Now.
 */
currentConnections: number, 
/**
 * The most at once.
 */
peakConnections: number, 
/**
 * When that was.
 */
lastPeak: Timestamp, };

/**
 * It was done.
 */
export type QuizDone = { 
/**
 * Always `true`.
 */
success: true, };

/**
 * Acknowledgement of `endQuiz`.
 */
export type QuizEndAck = QuizEnded | QuizRefused;

/**
 * A quiz is over.
 */
export type QuizEnded = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Which.
 */
quizId: string, 
/**
 * Always `true`.
 */
completed: true, 
/**
 * Who led: at most the first hundred.
 */
leaderboard: Array<QuizLeader>, };

/**
 * The socket is in a room.
 */
export type QuizEntered = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Which, as the client named it.
 */
roomId: string, 
/**
 * Users in it.
 */
memberCount: number, };

/**
 * Something was refused, or the socket closes behind this.
 */
export type QuizError = { 
/**
 * Why, in the contract's words.
 */
error: string, 
/**
 * Which event was refused.
 */
event?: string, 
/**
 * Who is not there.
 */
recipientId?: string, 
/**
 * Which room is not available.
 */
roomId?: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * Argument of `joinQuiz`; who joins is known already.
 */
export type QuizJoin = { quizId: string; userId?: string } | string;

/**
 * Acknowledgement of `joinQuiz`.
 */
export type QuizJoinAck = QuizTakesPart | QuizRefused;

/**
 * This socket takes part in a quiz.
 */
export type QuizJoined = { 
/**
 * In which.
 */
quizId: string, 
/**
 * Participants by now.
 */
participantCount: number, 
/**
 * How far it is.
 */
status: 'waiting' | 'active' | 'completed', 
/**
 * The question that stands, if a host asked one.
 */
question?: QuizStandingQuestion, 
/**
 * Questions that this participant has answered already.
 */
answered: number, };

/**
 * Someone on a leaderboard.
 */
export type QuizLeader = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Points.
 */
score: number, 
/**
 * Questions with an answer.
 */
questionsAnswered: number, 
/**
 * Whether they have nothing more to say.
 */
finished: boolean, 
/**
 * 1 for whoever leads; no two have the same.
 */
rank: number, };

/**
 * Who leads: at most the first hundred.
 */
export type QuizLeaderboard = { 
/**
 * In which quiz.
 */
quizId: string, 
/**
 * In order.
 */
leaderboard: Array<QuizLeader>, };

/**
 * Argument of `leaveRoom`.
 */
export type QuizLeftRoom = string | { roomId: string };

/**
 * A message of this client is stored, and whoever it is for is there.
 */
export type QuizMessageDelivered = { 
/**
 * Our id.
 */
messageId: string, 
/**
 * For whom.
 */
recipientId: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Something that the app has stored was said in a room; for the others in it.
 */
export type QuizNewMessage = { 
/**
 * The app's id, as the client said it.
 */
_id?: string, 
/**
 * In which room.
 */
roomID: string, 
/**
 * What the client calls the room.
 */
roomName?: string, 
/**
 * Who said it.
 */
sender: QuizSender, 
/**
 * What they are called.
 */
senderName: string, 
/**
 * For whom the client says that it is, by id.
 */
receiver: string | null, 
/**
 * The text.
 */
content: string, 
/**
 * When it came.
 */
createdAt: Timestamp, };

/**
 * Acknowledgement of `nextQuestion`: after the last one the quiz is over.
 */
export type QuizNextAck = QuizAsked | QuizEnded | QuizRefused;

/**
 * Argument of `newReply` and `contactMsgClient`.
 */
export type QuizOldReply = { contactId: string; message: string; [more: string]: unknown };

/**
 * Argument of `join_room`; who enters is known already.
 */
export type QuizOldRoom = { roomName: string; username?: string };

/**
 * Argument of `room_message`, for the room that was entered by `join_room`.
 */
export type QuizOldRoomMessage = string | { message: string; roomName?: string; [more: string]: unknown };

/**
 * Argument of `newUserConnected`; who connected is known already.
 */
export type QuizOldUser = { _id?: string; name?: string; email?: string };

/**
 * Argument of everything that is about one quiz.
 */
export type QuizOne = { quizId: string } | string;

/**
 * The same in older words.
 */
export type QuizOnlineSocket = { 
/**
 * Always empty: a socket's id is nobody else's business.
 */
socketID: string, 
/**
 * Who.
 */
_id: string, 
/**
 * The name to show.
 */
name: string, 
/**
 * Always `null`: addresses are nobody else's business.
 */
email: null, };

/**
 * Someone who is there.
 */
export type QuizOnlineUser = { 
/**
 * Who.
 */
userId: string, 
/**
 * The name to show.
 */
name: string, 
/**
 * How they want to be shown.
 */
status: 'online' | 'away' | 'busy', 
/**
 * When they last sent anything.
 */
lastActivity: Timestamp, };

/**
 * Who is there, in order of names, at most 1,000; for everyone with a token.
 */
export type QuizOnlineUsers = { 
/**
 * Who.
 */
users: Array<QuizOnlineUser>, 
/**
 * The same in older words.
 */
onlineUsers: Array<QuizOnlineSocket>, 
/**
 * How many these are.
 */
count: number, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Someone has nothing more to say.
 */
export type QuizParticipantFinished = { 
/**
 * In which quiz.
 */
quizId: string, 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Questions with an answer.
 */
questionsAnswered: number, };

/**
 * Someone takes part from now on.
 */
export type QuizParticipantJoined = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Participants by now.
 */
participantCount: number, };

/**
 * Someone takes part no longer.
 */
export type QuizParticipantLeft = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Participants by now.
 */
participantCount: number, };

/**
 * Someone answered; never what.
 */
export type QuizParticipantProgress = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Questions with an answer.
 */
questionsAnswered: number, };

/**
 * Argument of `ping`; all of it comes back.
 */
export type QuizPing = { timestamp?: number; [more: string]: unknown };

/**
 * Acknowledgement of `ping`.
 */
export type QuizPingAck = QuizAlive | QuizRefused;

/**
 * Answers `ping`.
 */
export type QuizPong = { serverTime: string; timestamp?: number; [more: string]: unknown };

/**
 * Argument of `updatePresence`.
 */
export type QuizPresence = 'online' | 'away' | 'busy' | 'invisible';

/**
 * A message for this user.
 */
export type QuizPrivateMessage = { 
/**
 * Our id.
 */
messageId: string, 
/**
 * Who sent it.
 */
senderId: string, 
/**
 * What they are called.
 */
senderName: string, 
/**
 * The text, or where the picture is.
 */
message: string, 
/**
 * What it is.
 */
type: 'text' | 'image', 
/**
 * When it was stored.
 */
timestamp: Timestamp, };

/**
 * A question was asked.
 */
export type QuizQuestion = { 
/**
 * In which quiz.
 */
quizId: string, 
/**
 * Which.
 */
questionId: string, 
/**
 * From 0.
 */
index: number, 
/**
 * How many there are.
 */
total: number, 
/**
 * Seconds to answer, if there is a limit.
 */
timeLimit?: number, 
/**
 * When these are over, by the sidecar's clock.
 */
closesAt?: Timestamp, 
/**
 * What the sidecar's clock says now.
 */
serverTime: Timestamp, };

/**
 * It was not done.
 */
export type QuizRefused = { 
/**
 * Always `false`.
 */
success: false, 
/**
 * Why, in the contract's words.
 */
error: string, 
/**
 * When it may be tried again, in seconds.
 */
retryAfter?: number, };

/**
 * A request for help was replied to, in older words; for admins and whoever asked.
 */
export type QuizReplyReceived = { 
/**
 * To which.
 */
contactId: string, 
/**
 * Who replied.
 */
reply_name: string, 
/**
 * The text.
 */
message: string, 
/**
 * When it came.
 */
reply_date: Timestamp, };

/**
 * Argument of `joinRoom`.
 */
export type QuizRoom = { roomId: string; roomType?: string } | string;

/**
 * Acknowledgement of `joinRoom` and `join_room`.
 */
export type QuizRoomAck = QuizEntered | QuizRefused;

/**
 * This socket is in a room.
 */
export type QuizRoomJoined = { 
/**
 * Which, as the client named it.
 */
roomId: string, 
/**
 * Users in it.
 */
memberCount: number, 
/**
 * The client's word for its kind.
 */
roomType: string, };

/**
 * Something was said in a room; also for whoever said it.
 */
export type QuizRoomMessage = { 
/**
 * Our id.
 */
messageId: string, 
/**
 * Who said it.
 */
senderId: string, 
/**
 * What they are called.
 */
senderName: string, 
/**
 * The text.
 */
message: string, 
/**
 * What it is.
 */
type: 'text' | 'image', 
/**
 * In which room.
 */
roomId: string, 
/**
 * When it was stored.
 */
timestamp: Timestamp, };

/**
 * Argument of `roomMessage`; in the second form what the app has stored already.
 */
export type QuizRoomSay = { roomId: string; message: string; type?: 'text' } | { roomID: string; content: string; sender?: unknown; receiver?: unknown; roomName?: string; _id?: string };

/**
 * Acknowledgement of `roomMessage`: without an id of what the app has stored.
 */
export type QuizRoomSayAck = QuizSent | QuizDone | QuizRefused;

/**
 * Argument of `privateMessage`; the same `clientMessageId` again is the same message.
 */
export type QuizSay = { recipientId: string; message: string; type?: 'text' | 'image'; clientMessageId?: string };

/**
 * Acknowledgement of `privateMessage`.
 */
export type QuizSayAck = QuizSent | QuizRefused;

/**
 * Who said something: as the client that said it names people.
 */
export type QuizSender = string | QuizSpeaker;

/**
 * A message is stored.
 */
export type QuizSent = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Our id.
 */
messageId: string, 
/**
 * Always `true`.
 */
stored: true, 
/**
 * Whether whoever it is for is there; absent of rooms.
 */
delivered?: boolean, };

/**
 * Figures of this process, every 30 s; for admins.
 */
export type QuizServerStats = { 
/**
 * Connections.
 */
connections: QuizConnections, 
/**
 * Users who are there.
 */
onlineUsers: number, 
/**
 * Rooms with anybody in them.
 */
activeRooms: number, 
/**
 * Quizzes that are held.
 */
quizSessions: number, 
/**
 * Since the start, in seconds.
 */
uptime: number, 
/**
 * Bytes, by what they are: `rss`, if the system says.
 */
memoryUsage: { rss?: number }, 
/**
 * When they were counted.
 */
timestamp: Timestamp, };

/**
 * The same for everyone else.
 */
export type QuizShortStats = { 
/**
 * Users who are there.
 */
onlineUsers: number, 
/**
 * Rooms with anybody in them.
 */
activeRooms: number, 
/**
 * Quizzes that are held.
 */
quizSessions: number, 
/**
 * When they were counted.
 */
timestamp: Timestamp, };

/**
 * Someone, as newer clients name people.
 */
export type QuizSpeaker = { 
/**
 * Who.
 */
_id: string, 
/**
 * What they are called.
 */
name: string, };

/**
 * The question that stands.
 */
export type QuizStandingQuestion = { 
/**
 * Which.
 */
questionId: string, 
/**
 * From 0.
 */
index: number, 
/**
 * How many there are.
 */
total: number, 
/**
 * Seconds to answer from when it was asked, if there is a limit.
 */
timeLimit?: number, 
/**
 * Until when it may be answered by the sidecar's clock, if there is a limit.
 */
closesAt?: Timestamp, 
/**
 * Whether that is over.
 */
closed: boolean, 
/**
 * What the sidecar's clock says now.
 */
serverTime: Timestamp, };

/**
 * Acknowledgement of `startQuiz`.
 */
export type QuizStartAck = QuizUnderway | QuizRefused;

/**
 * A host started a quiz.
 */
export type QuizStarted = { 
/**
 * Which.
 */
quizId: string, 
/**
 * When.
 */
startTime: Timestamp, 
/**
 * How far it is now.
 */
status: 'waiting' | 'active' | 'completed', };

/**
 * Argument of `stopTyping`.
 */
export type QuizStopTyping = { roomID?: string; roomName?: string; roomOrContactId?: string; roomId?: string; user?: unknown } | string;

/**
 * The user takes part in a quiz.
 */
export type QuizTakesPart = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * In which.
 */
quizId: string, 
/**
 * Participants by now.
 */
participantCount: number, 
/**
 * How far it is.
 */
status: 'waiting' | 'active' | 'completed', 
/**
 * The question that stands, if a host asked one.
 */
question?: QuizStandingQuestion, 
/**
 * Questions that this participant has answered already.
 */
answered: number, };

/**
 * Argument of `typing`.
 */
export type QuizTyping = { roomId: string; isTyping: boolean } | { roomID?: string; roomName?: string; roomOrContactId?: string; user?: unknown } | string;

/**
 * Who is typing, in newer words.
 */
export type QuizTypist = { 
/**
 * Who.
 */
id: string, 
/**
 * What they are called.
 */
name: string, };

/**
 * A quiz is started.
 */
export type QuizUnderway = { 
/**
 * Always `true`.
 */
success: true, 
/**
 * Which.
 */
quizId: string, 
/**
 * When it was started.
 */
startTime: Timestamp, 
/**
 * How far it is now.
 */
status: 'waiting' | 'active' | 'completed', };

/**
 * Someone came into a room.
 */
export type QuizUserJoinedRoom = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Which room.
 */
roomId: string, 
/**
 * A sentence for people.
 */
message: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Someone went out of a room.
 */
export type QuizUserLeftRoom = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Which room.
 */
roomId: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Someone is there no more, on any device; for all others with a token.
 */
export type QuizUserOffline = { 
/**
 * Who.
 */
userId: string, 
/**
 * The name to show.
 */
name: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Someone is there, on a first device; for all others with a token.
 */
export type QuizUserOnline = { 
/**
 * Who.
 */
userId: string, 
/**
 * The name to show.
 */
name: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Someone is no longer typing in a room; always beside `userTyping`.
 */
export type QuizUserStoppedTyping = { 
/**
 * Who.
 */
user: QuizTypist, 
/**
 * In which room.
 */
roomId: string, };

/**
 * Someone is typing in a room, or no longer; for the others in it.
 */
export type QuizUserTyping = { 
/**
 * Who.
 */
userId: string, 
/**
 * What they are called.
 */
userName: string, 
/**
 * Typing, or no longer.
 */
isTyping: boolean, 
/**
 * The same in newer words.
 */
user: QuizTypist, 
/**
 * In which room.
 */
roomId: string, 
/**
 * When.
 */
timestamp: Timestamp, };

/**
 * Someone entered a room in older words; for both sides.
 */
export type QuizWelcome = { 
/**
 * A sentence for people.
 */
message: string, 
/**
 * Who came.
 */
username: string, };

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

/** What the server sends in namespace `/` of contract `commerce`. */
export interface CommerceServerEvents {
  'analytics:craft_view': CommerceCraftViewed
  'analytics:live_stats': CommerceLiveStats
  'analytics:search': CommerceSearched
  'auth:error': CommerceAuthError
  'cart:synced': CommerceCartSynced
  'chat:message:new': CommerceChatMessage
  'chat:message:read': CommerceMessageRead
  'chat:typing:status': CommerceTypingStatus
  'chat:user:joined': CommerceUserJoined
  'chat:user:left': CommerceUserLeft
  chatbot_completed: CommerceChatbotCompleted
  chatbot_error: CommerceChatbotError
  chatbot_started: CommerceChatbotStarted
  chatbot_token: CommerceChatbotToken
  'connection:error': CommerceConnectionError
  'connection:reconnected': CommerceReconnected
  'connection:reconnecting': CommerceReconnecting
  'connection:stats': CommerceConnectionStats
  'connection:success': CommerceConnectionSuccess
  'connection:timeout': CommerceConnectionTimeout
  'dashboard:stats:update': CommerceDashboardStats
  'error:internal': CommerceInternalError
  'error:message': CommerceErrorMessage
  'error:unauthorized': CommerceUnauthorized
  'error:validation': CommerceInvalid
  'events:available': CommerceEventsAvailable
  force_disconnect: CommerceForceDisconnect
  'moderation:product_approved': CommerceProductModerated
  'moderation:product_rejected': CommerceProductRejected
  'moderation:product_status_changed': CommerceProductStatusChanged
  'moderation:seller_approved': CommerceSellerModerated
  'moderation:seller_rejected': CommerceSellerRejected
  'moderation:seller_status_changed': CommerceSellerStatusChanged
  notification: CommerceNotification
  'notification:new': CommerceNotificationNew
  'order:created': CommerceOrderCreated
  'order:new': CommerceOrderNew
  'order:received': CommerceOrderReceived
  'order:status:changed': CommerceOrderStatus
  pong: CommercePong
  'product:approved': CommerceProductApproved
  'product:policy:updated': CommercePolicyUpdated
  'product:updated': CommerceProductUpdated
  'profile:synced': CommerceProfileSynced
  recognition_completed: CommerceRecognitionCompleted
  recognition_failed: CommerceRecognitionFailed
  recognition_started: CommerceRecognitionStarted
  'seller:application:approved': CommerceApplicationApproved
  'seller:application:new': CommerceApplicationNew
  'seller:product:new': CommerceProductOffered
  'system:announcement': CommerceAnnouncement
  'user:connected': CommerceUserConnected
  'user:disconnected': CommerceUserDisconnected
  voice_recording_completed: CommerceRecordingCompleted
  voice_recording_failed: CommerceRecordingFailed
  voice_recording_started: CommerceRecordingStarted
  voice_search_completed: CommerceVoiceSearchCompleted
  voice_search_failed: CommerceVoiceSearchFailed
  voice_search_results: CommerceVoiceSearchResults
  voice_search_started: CommerceVoiceSearchStarted
  'wishlist:synced': CommerceWishlistSynced
}

/** What clients send in namespace `/` of contract `commerce`. */
export interface CommerceClientEvents {
  ping: CommercePing
  disconnect_request: undefined
  join_room: string
  'admin:broadcast': CommerceBroadcast
  'admin:stats': undefined
  'admin:force_disconnect': CommerceDisconnectUser
  'admin:disconnect_user': CommerceDisconnectUser
  'admin:user_list': undefined
  'admin:system_notification': CommerceSystemNotification
  'admin:moderate_product': CommerceForApp
  'admin:moderate_seller': CommerceForApp
  'seller:product_create': CommerceProductCreate
  'seller:product_update': CommerceProductUpdate
  'seller:product_delete': CommerceForApp
  'seller:inventory_update': CommerceForApp
  'seller:order_status_update': CommerceOrderStatusUpdate
  'seller:dashboard': CommerceForApp
  'user:cart_update': CommerceCartUpdate
  'user:wishlist_update': CommerceWishlistUpdate
  'user:profile_update': CommerceProfileUpdate
  'user:order_create': CommerceOrderCreate
  'chat:message': CommerceSay
  'chat:typing': CommerceTyping
  'chat:join_room': CommerceOneRoom
  'chat:leave_room': CommerceOneRoom
  'chat:read': CommerceOneMessage
  'notification:read': CommerceOneNotification
  'notification:dismiss': CommerceOneNotification
}

/** What is acknowledged in namespace `/` of contract `commerce`. */
export interface CommerceAcks {
  ping: CommerceAck
  disconnect_request: CommerceAck
  join_room: CommerceAck
  'admin:broadcast': CommerceBroadcastAck
  'admin:stats': CommerceStatsAck
  'admin:force_disconnect': CommerceAck
  'admin:disconnect_user': CommerceAck
  'admin:user_list': CommerceUsersAck
  'admin:system_notification': CommerceAck
  'admin:moderate_product': CommerceAck
  'admin:moderate_seller': CommerceAck
  'seller:product_create': CommerceSaidAck
  'seller:product_update': CommerceAck
  'seller:product_delete': CommerceAck
  'seller:inventory_update': CommerceAck
  'seller:order_status_update': CommerceAck
  'seller:dashboard': CommerceAck
  'user:cart_update': CommerceAck
  'user:wishlist_update': CommerceAck
  'user:profile_update': CommerceAck
  'user:order_create': CommerceSaidAck
  'chat:message': CommerceSentAck
  'chat:typing': CommerceAck
  'chat:join_room': CommerceAck
  'chat:leave_room': CommerceAck
  'chat:read': CommerceAck
  'notification:read': CommerceAck
  'notification:dismiss': CommerceAck
}

/** What the server sends in namespace `/` of contract `quiz`. */
export interface QuizServerEvents {
  backRoomMessage: QuizBackRoomMessage
  leaderboardUpdate: QuizLeaderboard
  messageDelivered: QuizMessageDelivered
  messageError: QuizError
  newMessage: QuizNewMessage
  onlineUsers: QuizOnlineUsers
  participantFinished: QuizParticipantFinished
  participantJoined: QuizParticipantJoined
  participantLeft: QuizParticipantLeft
  participantProgress: QuizParticipantProgress
  pong: QuizPong
  privateMessage: QuizPrivateMessage
  quizCompleted: QuizCompleted
  quizJoined: QuizJoined
  quizQuestion: QuizQuestion
  quizStarted: QuizStarted
  replyReceived: QuizReplyReceived
  roomJoined: QuizRoomJoined
  roomMessage: QuizRoomMessage
  serverStats: QuizServerStats | QuizShortStats
  userJoinedRoom: QuizUserJoinedRoom
  userLeftRoom: QuizUserLeftRoom
  userOffline: QuizUserOffline
  userOnline: QuizUserOnline
  userStoppedTyping: QuizUserStoppedTyping
  userTyping: QuizUserTyping
  welcome_room_message: QuizWelcome
}

/** What clients send in namespace `/` of contract `quiz`. */
export interface QuizClientEvents {
  ping: QuizPing
  updatePresence: QuizPresence
  privateMessage: QuizSay
  typing: QuizTyping
  stopTyping: QuizStopTyping
  joinRoom: QuizRoom
  leaveRoom: QuizLeftRoom
  roomMessage: QuizRoomSay
  joinQuiz: QuizJoin
  submitAnswer: QuizAnswer
  requestLeaderboard: QuizOne
  leaveQuiz: QuizOne
  finishQuiz: QuizOne
  startQuiz: QuizOne
  nextQuestion: QuizOne
  endQuiz: QuizOne
  newUserConnected: QuizOldUser
  join_room: QuizOldRoom
  room_message: QuizOldRoomMessage
  newReply: QuizOldReply
}

/** What is acknowledged in namespace `/` of contract `quiz`. */
export interface QuizAcks {
  ping: QuizPingAck
  updatePresence: QuizAck
  privateMessage: QuizSayAck
  typing: QuizAck
  stopTyping: QuizAck
  joinRoom: QuizRoomAck
  leaveRoom: QuizAck
  roomMessage: QuizRoomSayAck
  joinQuiz: QuizJoinAck
  submitAnswer: QuizAnswerAck
  requestLeaderboard: QuizAck
  leaveQuiz: QuizAck
  finishQuiz: QuizAck
  startQuiz: QuizStartAck
  nextQuestion: QuizNextAck
  endQuiz: QuizEndAck
  newUserConnected: QuizAck
  join_room: QuizRoomAck
  room_message: QuizAck
  newReply: QuizAck
}

/** What the server sends in namespace `/contacts` of contract `contacts`. */
export interface ContactsServerEvents {
  adminDisconnected: ContactsAdminDisconnected
  adminResponse: ContactsAdminResponse
  autoAssignedContact: ContactsAutoAssigned
  claimError: ContactsClaimError
  contactChatHistory: ContactsHistory
  contactClaimed: ContactsClaimed
  contactFormError: ContactsFormError
  contactFormSubmitted: ContactsFormSubmitted
  contactMessage: ContactsMessage
  contactReleased: ContactsReleased
  contactResolved: ContactsResolved
  contactStats: ContactsStats
  contactUserTyping: ContactsUserTyping
  messageError: ContactsMessageError
  newContactSubmission: ContactsSubmission
  pendingContacts: ContactsPending
  resolveError: ContactsResolveError
}

/** What clients send in namespace `/contacts` of contract `contacts`. */
export interface ContactsClientEvents {
  submitContactForm: ContactsForm
  claimContact: ContactsOneContact
  releaseContact: ContactsOneContact
  resolveContact: ContactsOneContact
  getContactStats: undefined
  getPendingContacts: undefined
  joinContactChat: ContactsJoinChat
  leaveContactChat: ContactsOneContact
  sendContactMessage: ContactsSay
  contactTyping: ContactsTyping
}

/** What is acknowledged in namespace `/contacts` of contract `contacts`. */
export interface ContactsAcks {
  submitContactForm: ContactsSubmitAck
  claimContact: ContactsClaimAck
  releaseContact: ContactsAck
  resolveContact: ContactsResolveAck
  getContactStats: ContactsStatsAck
  getPendingContacts: ContactsPendingAck
  joinContactChat: ContactsJoinAck
  leaveContactChat: ContactsAck
  sendContactMessage: ContactsSayAck
  contactTyping: ContactsAck
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
  commerce: {
    path: '/socket.io',
    '/': {
      server: {
        'analytics:craft_view': 'analytics:craft_view',
        'analytics:live_stats': 'analytics:live_stats',
        'analytics:search': 'analytics:search',
        'auth:error': 'auth:error',
        'cart:synced': 'cart:synced',
        'chat:message:new': 'chat:message:new',
        'chat:message:read': 'chat:message:read',
        'chat:typing:status': 'chat:typing:status',
        'chat:user:joined': 'chat:user:joined',
        'chat:user:left': 'chat:user:left',
        chatbot_completed: 'chatbot_completed',
        chatbot_error: 'chatbot_error',
        chatbot_started: 'chatbot_started',
        chatbot_token: 'chatbot_token',
        'connection:error': 'connection:error',
        'connection:reconnected': 'connection:reconnected',
        'connection:reconnecting': 'connection:reconnecting',
        'connection:stats': 'connection:stats',
        'connection:success': 'connection:success',
        'connection:timeout': 'connection:timeout',
        'dashboard:stats:update': 'dashboard:stats:update',
        'error:internal': 'error:internal',
        'error:message': 'error:message',
        'error:unauthorized': 'error:unauthorized',
        'error:validation': 'error:validation',
        'events:available': 'events:available',
        force_disconnect: 'force_disconnect',
        'moderation:product_approved': 'moderation:product_approved',
        'moderation:product_rejected': 'moderation:product_rejected',
        'moderation:product_status_changed': 'moderation:product_status_changed',
        'moderation:seller_approved': 'moderation:seller_approved',
        'moderation:seller_rejected': 'moderation:seller_rejected',
        'moderation:seller_status_changed': 'moderation:seller_status_changed',
        notification: 'notification',
        'notification:new': 'notification:new',
        'order:created': 'order:created',
        'order:new': 'order:new',
        'order:received': 'order:received',
        'order:status:changed': 'order:status:changed',
        pong: 'pong',
        'product:approved': 'product:approved',
        'product:policy:updated': 'product:policy:updated',
        'product:updated': 'product:updated',
        'profile:synced': 'profile:synced',
        recognition_completed: 'recognition_completed',
        recognition_failed: 'recognition_failed',
        recognition_started: 'recognition_started',
        'seller:application:approved': 'seller:application:approved',
        'seller:application:new': 'seller:application:new',
        'seller:product:new': 'seller:product:new',
        'system:announcement': 'system:announcement',
        'user:connected': 'user:connected',
        'user:disconnected': 'user:disconnected',
        voice_recording_completed: 'voice_recording_completed',
        voice_recording_failed: 'voice_recording_failed',
        voice_recording_started: 'voice_recording_started',
        voice_search_completed: 'voice_search_completed',
        voice_search_failed: 'voice_search_failed',
        voice_search_results: 'voice_search_results',
        voice_search_started: 'voice_search_started',
        'wishlist:synced': 'wishlist:synced',
      },
      client: {
        ping: 'ping',
        disconnect_request: 'disconnect_request',
        join_room: 'join_room',
        'admin:broadcast': 'admin:broadcast',
        'admin:stats': 'admin:stats',
        'admin:force_disconnect': 'admin:force_disconnect',
        'admin:disconnect_user': 'admin:disconnect_user',
        'admin:user_list': 'admin:user_list',
        'admin:system_notification': 'admin:system_notification',
        'admin:moderate_product': 'admin:moderate_product',
        'admin:moderate_seller': 'admin:moderate_seller',
        'seller:product_create': 'seller:product_create',
        'seller:product_update': 'seller:product_update',
        'seller:product_delete': 'seller:product_delete',
        'seller:inventory_update': 'seller:inventory_update',
        'seller:order_status_update': 'seller:order_status_update',
        'seller:dashboard': 'seller:dashboard',
        'user:cart_update': 'user:cart_update',
        'user:wishlist_update': 'user:wishlist_update',
        'user:profile_update': 'user:profile_update',
        'user:order_create': 'user:order_create',
        'chat:message': 'chat:message',
        'chat:typing': 'chat:typing',
        'chat:join_room': 'chat:join_room',
        'chat:leave_room': 'chat:leave_room',
        'chat:read': 'chat:read',
        'notification:read': 'notification:read',
        'notification:dismiss': 'notification:dismiss',
      },
    },
  },
  quiz: {
    path: '/socket.io',
    '/': {
      server: {
        backRoomMessage: 'backRoomMessage',
        leaderboardUpdate: 'leaderboardUpdate',
        messageDelivered: 'messageDelivered',
        messageError: 'messageError',
        newMessage: 'newMessage',
        onlineUsers: 'onlineUsers',
        participantFinished: 'participantFinished',
        participantJoined: 'participantJoined',
        participantLeft: 'participantLeft',
        participantProgress: 'participantProgress',
        pong: 'pong',
        privateMessage: 'privateMessage',
        quizCompleted: 'quizCompleted',
        quizJoined: 'quizJoined',
        quizQuestion: 'quizQuestion',
        quizStarted: 'quizStarted',
        replyReceived: 'replyReceived',
        roomJoined: 'roomJoined',
        roomMessage: 'roomMessage',
        serverStats: 'serverStats',
        userJoinedRoom: 'userJoinedRoom',
        userLeftRoom: 'userLeftRoom',
        userOffline: 'userOffline',
        userOnline: 'userOnline',
        userStoppedTyping: 'userStoppedTyping',
        userTyping: 'userTyping',
        welcome_room_message: 'welcome_room_message',
      },
      client: {
        ping: 'ping',
        updatePresence: 'updatePresence',
        privateMessage: 'privateMessage',
        typing: 'typing',
        stopTyping: 'stopTyping',
        joinRoom: 'joinRoom',
        leaveRoom: 'leaveRoom',
        roomMessage: 'roomMessage',
        joinQuiz: 'joinQuiz',
        submitAnswer: 'submitAnswer',
        requestLeaderboard: 'requestLeaderboard',
        leaveQuiz: 'leaveQuiz',
        finishQuiz: 'finishQuiz',
        startQuiz: 'startQuiz',
        nextQuestion: 'nextQuestion',
        endQuiz: 'endQuiz',
        newUserConnected: 'newUserConnected',
        join_room: 'join_room',
        room_message: 'room_message',
        newReply: 'newReply',
      },
    },
  },
  contacts: {
    path: '/socket.io',
    '/contacts': {
      server: {
        adminDisconnected: 'adminDisconnected',
        adminResponse: 'adminResponse',
        autoAssignedContact: 'autoAssignedContact',
        claimError: 'claimError',
        contactChatHistory: 'contactChatHistory',
        contactClaimed: 'contactClaimed',
        contactFormError: 'contactFormError',
        contactFormSubmitted: 'contactFormSubmitted',
        contactMessage: 'contactMessage',
        contactReleased: 'contactReleased',
        contactResolved: 'contactResolved',
        contactStats: 'contactStats',
        contactUserTyping: 'contactUserTyping',
        messageError: 'messageError',
        newContactSubmission: 'newContactSubmission',
        pendingContacts: 'pendingContacts',
        resolveError: 'resolveError',
      },
      client: {
        submitContactForm: 'submitContactForm',
        claimContact: 'claimContact',
        releaseContact: 'releaseContact',
        resolveContact: 'resolveContact',
        getContactStats: 'getContactStats',
        getPendingContacts: 'getPendingContacts',
        joinContactChat: 'joinContactChat',
        leaveContactChat: 'leaveContactChat',
        sendContactMessage: 'sendContactMessage',
        contactTyping: 'contactTyping',
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
