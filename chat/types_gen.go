// Code generated from chat/words/types.tsv by go generate ./chat. DO NOT EDIT.

package chat

// MessageTypes lists the types of the protocol. The flags are those of the
// official SDKs, which know them by the name and not by what a message says.
var MessageTypes = []MessageType{
	{Name: "RC:TxtMsg", Flags: Persisted | Counted},           // text
	{Name: "RC:ImgMsg", Flags: Persisted | Counted},           // an image
	{Name: "RC:GIFMsg", Flags: Persisted | Counted},           // a GIF
	{Name: "RC:VcMsg", Flags: Persisted | Counted},            // a voice recording inside the message
	{Name: "RC:HQVCMsg", Flags: Persisted | Counted},          // a voice recording in a file
	{Name: "RC:FileMsg", Flags: Persisted | Counted},          // a file
	{Name: "RC:SightMsg", Flags: Persisted | Counted},         // a short video
	{Name: "RC:LBSMsg", Flags: Persisted | Counted},           // a place
	{Name: "RC:ImgTextMsg", Flags: Persisted | Counted},       // a link with a title and a picture
	{Name: "RC:PSImgTxtMsg", Flags: Persisted | Counted},      // an article of a public service
	{Name: "RC:PSMultiImgTxtMsg", Flags: Persisted | Counted}, // articles of a public service
	{Name: "RC:ReferenceMsg", Flags: Persisted | Counted},     // an answer that shows what it answers
	{Name: "RC:CombineMsg", Flags: Persisted | Counted},       // forwarded messages as a page
	{Name: "RC:CombineV2Msg", Flags: Persisted | Counted},     // forwarded messages
	{Name: "RC:StreamMsg", Flags: Persisted | Counted},        // text that grows
	{Name: "RC:RLStart", Flags: Persisted | Counted},          // sharing of places began
	{Name: "RC:RLEnd", Flags: Persisted | Counted},            // sharing of places ended
	{Name: "RC:InfoNtf", Flags: Persisted},                    // a line of grey text
	{Name: "RC:ContactNtf", Flags: Persisted},                 // news of a contact
	{Name: "RC:ProfileNtf", Flags: Persisted},                 // news of a profile
	{Name: "RC:CmdNtf", Flags: Persisted},                     // a command that is kept
	{Name: "RC:GrpNtf", Flags: Persisted},                     // news of a group
	{Name: "RC:RcNtf", Flags: Persisted},                      // what is left of a recalled message
	{Name: "RC:RcCmd", Flags: Persisted},                      // a message was recalled
	{Name: "RC:CmdMsg"},                                       // a command
	{Name: "RC:PSCmd"},                                        // a command to a public service
	{Name: "RC:MsgExMsg"},                                     // the expansion of a message changed
	{Name: "RC:chrmKVNotiMsg"},                                // an entry of a chatroom changed
	{Name: "RC:LogCmdMsg"},                                    // a log is asked for
	{Name: "RC:CCConfigChangeRequestMsg"},                     // settings are to be read again
	{Name: "RC:RLJoin"},                                       // sharing of places
	{Name: "RC:RLQuit"},                                       // sharing of places
	{Name: "RC:CsChaR"},                                       // customer service
	{Name: "RC:CSCha"},                                        // customer service
	{Name: "RC:CsEva"},                                        // customer service
	{Name: "RC:CsContact"},                                    // customer service
	{Name: "RC:CsHs"},                                         // customer service
	{Name: "RC:CsHsR"},                                        // customer service
	{Name: "RC:CsSp"},                                         // customer service
	{Name: "RC:CsEnd"},                                        // customer service
	{Name: "RC:CsUpdate"},                                     // customer service
	{Name: "RC:VCAccept"},                                     // a call
	{Name: "RC:VCRinging"},                                    // a call
	{Name: "RC:VCSummary"},                                    // a call
	{Name: "RC:VCHangup"},                                     // a call
	{Name: "RC:VCInvite"},                                     // a call
	{Name: "RC:VCModifyMedia"},                                // a call
	{Name: "RC:VCModifyMem"},                                  // a call
	{Name: "RC:ReadNtf", Service: true},                       // read up to a time
	{Name: "RC:SRSMsg", Service: true},                        // read on another device
	{Name: "RC:RRReqMsg", Service: true},                      // asks who has read a message
	{Name: "RC:RRRspMsg", Service: true},                      // says who has read messages
	{Name: "RC:RRMsg", Service: true},                         // asks who has read a message of a group
	{Name: "RC:Delivered", Service: true},                     // arrived
	{Name: "RC:TypSts", Status: true},                         // somebody types
	{Name: "RC:InterceptMsg", Status: true},                   // a message was intercepted
	{Name: "RC:RL", Status: true},                             // where somebody is
}
