// Package imlib is the Go SDK of Hongyan: it connects one user of an app,
// sends messages and receives them.
//
//	client, err := imlib.Connect(ctx, imlib.Options{
//		AppKey:     "hongyan-dev",
//		Token:      token, // from your own server, which asked /user/getToken
//		Navigators: []string{"http://127.0.0.1:8080"},
//	})
//	…
//	defer client.Close()
//	sent, err := client.Send(ctx, imlib.Private("bob"), imlib.TextMessage{Content: "hi"})
//	for m, err := range client.Messages(ctx) {
//		…
//	}
//
// # What is promised
//
// A client stays connected: it comes back after every loss of the network or
// of the server, with a growing and random pause. It ends only when Close is
// called or when the server says that coming back is of no use, such as for a
// blocked user or a token that expired.
//
// Send returns once the message is on the server's disk. A message whose
// answer got lost is sent again with the same message id, by which the server
// knows it: it is stored once and received once.
//
// Messages yields what the user is to receive exactly once, in the order of
// the server: private, group and system messages, among them what the user
// sent from other devices. What this client sent itself is not among them.
// Chatroom messages come in order too, but a room keeps only its newest, so a
// client that was away longer misses some. Status messages, such as that
// someone types, come when they come.
//
// # Messages
//
// A message is a [Content] in a conversation: [TextMessage], [ImageMessage] and
// the other types of the official SDKs, with their names and members, or a type
// of the app's own, which [RegisterMessageType] has received as its struct. What
// is known about a message beside its content is an option of Send: [Mention],
// [Directed], [Expandable], [WithPush] and so on. The numbers S001 to S183 in
// comments are those of the promises in e2e/page.tsv, where each has its tests.
//
// [Client.SendFile], SendImage, SendGIF, SendVoice and SendSight upload a file
// and send its message. An upload that breaks off goes on where it stopped, in
// the same process or another: see [Upload].
//
// [Client.Broadcast] and [Client.Forward] send to many and yield what became of
// each. A server takes so many messages a second of a user; a client with
// [Options].Pace keeps to that by itself.
//
// # Errors
//
// What a server refuses and what is wrong with an argument is a *chat.Error
// whose code is that of official SDKs: errors.Is(err, chat.NotInGroup) asks for
// one, chat.CodeOf(err) returns it, and its Chinese and English methods say it
// to people. An error about an argument names it and its limit, and nothing was
// sent. A chat.TooFast has in RetryAfter when to try again.
//
// # What else happens
//
// A program that shows conversations to a person reads [Client.Events] instead
// of Messages: it yields the messages, in the same order and with the same
// promises, and between them what becomes of messages, conversations,
// chatrooms and the connection. A program reads one of the two. Ultra groups
// are among it with [Options].UltraGroups.
//
// # Restarts
//
// With [Options].Dir a client keeps on disk what must outlive its process. What
// Send or [Client.Post] took is there before it is sent, and stays until the
// server has answered or the message's [Life] is over: the next process with
// the same directory sends what is left, under the same message ids and in the
// order of each conversation. It learns what there is from [Client.Unsent] and
// what becomes of it from [Options].OnOutcome. And it goes on reading where the
// process before it was; see [Cursors]. The outbox holds up to [MaxUnsent]
// messages; what is more is refused.
//
// # Memory
//
// What was received and not yet read waits in a queue of [Options].Queue
// messages. When it is full the client lets further messages go by and asks
// for them again, from the last one it took, once there is room: the server
// keeps them. So an application that reads slowly loses nothing but status
// messages and others that mean nothing later, which [Missed] counts, holds a
// bounded amount of memory, and can still send.
//
// # Concurrency
//
// Every method may be called from many goroutines. The client's goroutines
// live from Connect until Close returns.
package imlib
