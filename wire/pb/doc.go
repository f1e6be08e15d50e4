// Package pb holds the payloads of the protocol, generated from hongyan.proto.
//
// MarshalVT, UnmarshalVT and SizeVT need no reflection and are the ones to
// call. UnmarshalVT copies what it keeps, so the input may be reused at once;
// it accepts unknown fields and enum values and refuses a message that lacks a
// required field, as MarshalVT does.
package pb

//go:generate go run -C ../../tools ./genproto ../wire/pb
//go:generate go run -C ../../tools ./gents ../wire/pb ../web/imlib
