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

const (
	said  = Persisted | Counted // by one person to another
	noted = Persisted           // kept, but nothing to read
)

// MessageTypes lists the types of the protocol. The flags are those of the
// official SDKs, which know them by the name and not by what a message says.
var MessageTypes = []MessageType{
	{Name: "RC:TxtMsg", Flags: said},
	{Name: "RC:ImgMsg", Flags: said},
	{Name: "RC:GIFMsg", Flags: said},
	{Name: "RC:VcMsg", Flags: said},
	{Name: "RC:HQVCMsg", Flags: said},
	{Name: "RC:FileMsg", Flags: said},
	{Name: "RC:SightMsg", Flags: said},
	{Name: "RC:LBSMsg", Flags: said},
	{Name: "RC:ImgTextMsg", Flags: said},
	{Name: "RC:PSImgTxtMsg", Flags: said},
	{Name: "RC:PSMultiImgTxtMsg", Flags: said},
	{Name: "RC:ReferenceMsg", Flags: said},
	{Name: "RC:CombineMsg", Flags: said},
	{Name: "RC:CombineV2Msg", Flags: said},
	{Name: "RC:StreamMsg", Flags: said},
	{Name: "RC:RLStart", Flags: said},
	{Name: "RC:RLEnd", Flags: said},

	{Name: "RC:InfoNtf", Flags: noted},
	{Name: "RC:ContactNtf", Flags: noted},
	{Name: "RC:ProfileNtf", Flags: noted},
	{Name: "RC:CmdNtf", Flags: noted},
	{Name: "RC:GrpNtf", Flags: noted},
	{Name: "RC:RcNtf", Flags: noted},
	{Name: "RC:RcCmd", Flags: noted},

	{Name: "RC:CmdMsg"},
	{Name: "RC:PSCmd"},
	{Name: "RC:MsgExMsg"},
	{Name: "RC:chrmKVNotiMsg"},
	{Name: "RC:LogCmdMsg"},
	{Name: "RC:CCConfigChangeRequestMsg"},
	{Name: "RC:RLJoin"},
	{Name: "RC:RLQuit"},
	{Name: "RC:CsChaR"},
	{Name: "RC:CSCha"},
	{Name: "RC:CsEva"},
	{Name: "RC:CsContact"},
	{Name: "RC:CsHs"},
	{Name: "RC:CsHsR"},
	{Name: "RC:CsSp"},
	{Name: "RC:CsEnd"},
	{Name: "RC:CsUpdate"},
	{Name: "RC:VCAccept"},
	{Name: "RC:VCRinging"},
	{Name: "RC:VCSummary"},
	{Name: "RC:VCHangup"},
	{Name: "RC:VCInvite"},
	{Name: "RC:VCModifyMedia"},
	{Name: "RC:VCModifyMem"},

	{Name: "RC:ReadNtf", Service: true},
	{Name: "RC:SRSMsg", Service: true},
	{Name: "RC:RRReqMsg", Service: true},
	{Name: "RC:RRRspMsg", Service: true},
	{Name: "RC:RRMsg", Service: true},
	{Name: "RC:Delivered", Service: true},

	{Name: "RC:TypSts", Status: true},
	{Name: "RC:InterceptMsg", Status: true},
	{Name: "RC:RL", Status: true},
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
