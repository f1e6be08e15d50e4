package wire_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/wire"
	"github.com/hongyan-im/hongyan/wire/pb"
)

var update = flag.Bool("update", false, "rewrite testdata/wire from the hex of each vector")

// vector is one golden vector; testdata/wire/README.md describes it.
type vector struct {
	Name        string          `json:"name"`
	Direction   string          `json:"direction"`
	ProtocolVer int             `json:"protocolVer,omitempty"`
	Message     string          `json:"message,omitempty"`
	Hex         string          `json:"hex"`
	Frame       json.RawMessage `json:"frame,omitempty"`
	Fields      json.RawMessage `json:"fields,omitempty"`
	Encoded     string          `json:"encoded,omitempty"`
	Error       string          `json:"error,omitempty"`
}

func (v vector) bytes(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	return b
}

func (v vector) protocolVer() int {
	if v.ProtocolVer == 0 {
		return wire.ProtocolVer3
	}
	return v.ProtocolVer
}

func vectorPath(file string) string { return filepath.Join("..", "testdata", "wire", file) }

func readVectors(t testing.TB, file string) []vector {
	t.Helper()
	text, err := os.ReadFile(vectorPath(file))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return vectors
}

// checkVectors fills in what decode finds for the hex of each vector of a file
// and compares: with the file, or into it when -update was given.
func checkVectors(t *testing.T, file string, decode func(*testing.T, *vector)) {
	want := readVectors(t, file)
	got := make([]vector, len(want))
	for i, v := range want {
		t.Run(v.Name, func(t *testing.T) {
			got[i] = vector{Name: v.Name, Direction: v.Direction, ProtocolVer: v.ProtocolVer, Message: v.Message, Hex: v.Hex}
			decode(t, &got[i])
			if strings.Contains(file, "malformed") != (got[i].Error != "") {
				t.Errorf("error %q in %s", got[i].Error, file)
			}
			if a, b := marshalVectors(t, got[i:i+1]), marshalVectors(t, want[i:i+1]); !*update && !bytes.Equal(a, b) {
				t.Errorf("got %s\nwant %s", a, b)
			}
		})
	}
	if *update {
		if err := os.WriteFile(vectorPath(file), marshalVectors(t, got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func marshalVectors(t *testing.T, vectors []vector) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(vectors); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// setEncoded notes what v encodes to where that is not what it came from.
func (v *vector) setEncoded(b []byte) {
	if h := hex.EncodeToString(b); h != v.Hex {
		v.Encoded = h
	}
}

// frameFields is a frame as the vectors spell it: absent is zero, bytes are hex.
type frameFields struct {
	Type    string         `json:"type"`
	QoS     uint8          `json:"qos,omitempty"`
	Dup     bool           `json:"dup,omitempty"`
	Topic   string         `json:"topic,omitempty"`
	Target  string         `json:"target,omitempty"`
	ID      uint16         `json:"id,omitempty"`
	Seconds uint32         `json:"seconds,omitempty"`
	Millis  uint16         `json:"millis,omitempty"`
	Status  uint16         `json:"status,omitempty"`
	UID     string         `json:"uid,omitempty"`
	Payload string         `json:"payload,omitempty"`
	Connack *connackFields `json:"connack,omitempty"`
}

type connackFields struct {
	Status  uint8  `json:"status"`
	User    string `json:"user,omitempty"`
	Session string `json:"session,omitempty"`
	Time    int64  `json:"time,omitempty"`
	FirstID uint16 `json:"firstId,omitempty"`
}

func (v *vector) setFrame(t *testing.T, f frameFields) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		t.Fatal(err)
	}
	v.Frame = b.Bytes()
}

func (v *vector) setError(t *testing.T, err error) {
	t.Helper()
	if chat.CodeOf(err) != chat.BadMessage {
		t.Errorf("code %v for %v", chat.CodeOf(err), err)
	}
	v.Error = err.Error()
}

func TestClientVectors(t *testing.T) {
	decode := func(t *testing.T, v *vector) {
		var f wire.ClientFrame
		if err := f.Decode(v.bytes(t)); err != nil {
			v.setError(t, err)
			return
		}
		v.setFrame(t, frameFields{
			Type: f.Type.String(), QoS: f.QoS, Dup: f.Dup, Topic: string(f.Topic), Target: string(f.Target),
			ID: f.ID, Status: uint16(f.Status), Payload: hex.EncodeToString(f.Payload),
		})
		v.setEncoded(encodeClient(&f))
	}
	checkVectors(t, "client.json", decode)
	checkVectors(t, "client-malformed.json", decode)
}

func TestServerVectors(t *testing.T) {
	decode := func(t *testing.T, v *vector) {
		var f wire.ServerFrame
		if err := f.Decode(v.bytes(t), v.protocolVer()); err != nil {
			v.setError(t, err)
			return
		}
		fields := frameFields{
			Type: f.Type.String(), QoS: f.QoS, Dup: f.Dup, Topic: string(f.Topic), Target: string(f.Target),
			ID: f.ID, Seconds: uint32(f.Seconds), Millis: f.Millis, Status: f.Status, UID: string(f.UID),
			Payload: hex.EncodeToString(f.Payload),
		}
		if f.Type == wire.TypeConnack {
			c := connackFields(f.Connack)
			fields.Connack = &c
		}
		v.setFrame(t, fields)
		v.setEncoded(encodeServer(&f, v.protocolVer()))
	}
	checkVectors(t, "server.json", decode)
	checkVectors(t, "server-malformed.json", decode)
}

// encodeClient appends f again, with the flags that a client of ours never sets.
func encodeClient(f *wire.ClientFrame) []byte {
	var b []byte
	switch f.Type {
	case wire.TypePublish:
		b = wire.AppendClientPublish(nil, f.QoS, string(f.Topic), string(f.Target), f.ID)
	case wire.TypeQuery:
		b = wire.AppendQuery(nil, string(f.Topic), string(f.Target), f.ID)
	case wire.TypePuback:
		b = wire.AppendClientPuback(nil, f.ID)
	case wire.TypeQuerycon:
		b = wire.AppendQuerycon(nil, f.ID)
	case wire.TypePingreq:
		b = wire.AppendPingreq(nil)
	case wire.TypeDisconnect:
		b = wire.AppendDisconnect(nil, f.Status)
	}
	b = append(b, f.Payload...)
	return withFlags(b, f.QoS, f.Dup)
}

// encodeServer appends f again, with the flags that a server of ours never sets.
func encodeServer(f *wire.ServerFrame, protocolVer int) []byte {
	var b []byte
	switch f.Type {
	case wire.TypeConnack:
		b = wire.AppendConnack(nil, protocolVer, f.Connack)
	case wire.TypePublish:
		b = wire.AppendServerPublish(nil, f.QoS, f.Dup, f.Seconds, string(f.Topic), string(f.Target), f.ID)
	case wire.TypePuback:
		b = wire.AppendPuback(nil, f.ID, f.Status, f.SentTime(), f.UID)
	case wire.TypeQueryack:
		b = wire.AppendQueryack(nil, f.ID, f.Seconds, f.Status)
	case wire.TypePingresp:
		b = wire.AppendPingresp(nil)
	case wire.TypeDisconnect:
		b = wire.AppendDisconnect(nil, uint8(f.Status))
	}
	b = append(b, f.Payload...)
	return withFlags(b, f.QoS, f.Dup)
}

func withFlags(b []byte, qos uint8, dup bool) []byte {
	b[0] |= qos << 1
	if dup {
		b[0] |= 1 << 3
	}
	return b
}

// payload is what the generator gives every message.
type payload interface {
	proto.Message
	MarshalVT() ([]byte, error)
	UnmarshalVT([]byte) error
	SizeVT() int
}

func newPayload(t testing.TB, name string) payload {
	t.Helper()
	typ, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName("hongyan." + name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return typ.New().Interface().(payload)
}

// payloadNames lists every message of the protocol.
func payloadNames() (names []string) {
	messages := pb.File_hongyan_proto.Messages()
	for i := range messages.Len() {
		names = append(names, string(messages.Get(i).Name()))
	}
	return names
}

func TestPayloadVectors(t *testing.T) {
	decode := func(t *testing.T, v *vector) {
		m := newPayload(t, v.Message)
		if err := m.UnmarshalVT(v.bytes(t)); err != nil {
			v.Error = payloadError(err)
			return
		}
		fields, err := json.Marshal(fieldsOf(m.ProtoReflect()))
		if err != nil {
			t.Fatal(err)
		}
		v.Fields = fields
		b, err := m.MarshalVT()
		if err != nil {
			t.Fatal(err)
		}
		v.setEncoded(b)
		checkAgainstReflection(t, v, m)
	}
	checkVectors(t, "payload.json", decode)
	checkVectors(t, "payload-malformed.json", decode)
}

// payloadError says what is wrong in words that another language can find too.
func payloadError(err error) string {
	if _, field, ok := strings.Cut(err.Error(), "required field "); ok {
		return "missing " + strings.TrimSuffix(field, " not set")
	}
	return "malformed"
}

// checkAgainstReflection decodes v with the reference decoder: it must find the
// same message.
func checkAgainstReflection(t *testing.T, v *vector, m payload) {
	t.Helper()
	reference := newPayload(t, v.Message)
	if err := proto.Unmarshal(v.bytes(t), reference); err != nil {
		t.Fatalf("the reference decoder refuses: %v", err)
	}
	if !proto.Equal(m, reference) {
		t.Errorf("got %v, the reference decoder got %v", m, reference)
	}
}

// fieldsOf spells a message for the vectors: fields by name, 64-bit numbers as
// decimal text, bytes as hex, but content, which is JSON, as text.
func fieldsOf(m protoreflect.Message) map[string]any {
	fields := make(map[string]any)
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		name := string(fd.Name())
		if !fd.IsList() {
			fields[name] = fieldOf(fd, v)
			return true
		}
		list := make([]any, v.List().Len())
		for i := range list {
			list[i] = fieldOf(fd, v.List().Get(i))
		}
		fields[name] = list
		return true
	})
	return fields
}

func fieldOf(fd protoreflect.FieldDescriptor, v protoreflect.Value) any {
	switch fd.Kind() {
	case protoreflect.MessageKind:
		return fieldsOf(v.Message())
	case protoreflect.Int64Kind:
		return strconv.FormatInt(v.Int(), 10)
	case protoreflect.EnumKind:
		return int(v.Enum())
	case protoreflect.BytesKind:
		if fd.Name() == "content" {
			return string(v.Bytes())
		}
		return hex.EncodeToString(v.Bytes())
	default:
		return v.Interface()
	}
}

// Every vector has a name of its own, so that a failure points at one.
func TestVectorNames(t *testing.T) {
	for _, file := range []string{
		"client.json", "client-malformed.json", "server.json", "server-malformed.json",
		"payload.json", "payload-malformed.json",
	} {
		seen := make(map[string]bool)
		for _, v := range readVectors(t, file) {
			if seen[v.Name] {
				t.Errorf("%s: two vectors are named %q", file, v.Name)
			}
			seen[v.Name] = true
		}
	}
}

func TestDecodeOverwrites(t *testing.T) {
	f := wire.ClientFrame{Type: wire.TypePublish, QoS: 1, Dup: true, Topic: []byte("x"), ID: 7, Payload: []byte("y")}
	if err := f.Decode([]byte{0xc0}); err != nil {
		t.Fatal(err)
	}
	if want := (wire.ClientFrame{Type: wire.TypePingreq}); !reflect.DeepEqual(f, want) {
		t.Errorf("got %+v, want %+v", f, want)
	}
}
