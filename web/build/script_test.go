package main

import "testing"

// What a module exports, a script adds to the global that may be there.
func TestAssigned(t *testing.T) {
	const module = "(()=>{\nvar a=1,init=2;export{a as connect,init};\n//# sourceMappingURL=x.map\n"
	const want = "(()=>{\nvar a=1,init=2;" +
		"globalThis.RongIMLib=Object.assign(globalThis.RongIMLib??{},{connect:a,init})})();\n//# sourceMappingURL=x.map\n"
	if got, err := assigned(module); got != want || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err := assigned("(()=>{\nvar a=1;\n"); err == nil {
		t.Errorf("a module without exports became %s", got)
	}
}
