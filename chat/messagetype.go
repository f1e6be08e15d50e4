package chat

// MessageType is what is known of the messages with an object name of the
// protocol. Apps have types of their own, of which nothing is known.
type MessageType struct {
	Name  string
	Flags Flags // whether such a message is Persisted, and whether it is Counted

	// Status is a type for those who are online now.
	Status bool
	// Service is a type that SDKs send by themselves and that says nothing, such
	// as a read receipt: who is muted may still send it.
	Service bool
}

var messageTypes = func() map[string]*MessageType {
	m := make(map[string]*MessageType, len(MessageTypes))
	for i := range MessageTypes {
		m[MessageTypes[i].Name] = &MessageTypes[i]
	}
	return m
}()

// TypeNamed returns the type of the protocol with this object name, or nil
// when the name is an app's own. Asking allocates nothing.
func TypeNamed[Name string | []byte](name Name) *MessageType { return messageTypes[string(name)] }
