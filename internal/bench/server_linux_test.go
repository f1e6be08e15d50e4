package bench

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The test binary is also the server that it starts.
func TestMain(m *testing.M) {
	switch os.Getenv("BENCH_TEST_SERVER") {
	case "":
		os.Exit(m.Run())
	case "answers":
		http.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
		_ = http.ListenAndServe(os.Args[1], nil) // until the test ends it
	case "fails":
		os.Exit(3)
	}
}

func TestAStartedServerAnswersUntilItIsStopped(t *testing.T) {
	t.Setenv("BENCH_TEST_SERVER", "answers")
	address, err := FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + address
	s, err := StartServer(context.Background(), base, filepath.Join(t.TempDir(), "log"), os.Args[0], address)
	if err != nil {
		t.Fatal(err)
	}
	if used, err := usageOf(s.PID()); err != nil || used.memory < 1<<20 {
		t.Errorf("usage %+v, %v", used, err)
	}
	s.Stop()
	if _, err := http.Get(base + "/healthz"); err == nil {
		t.Error("a stopped server answers")
	}
}

func TestAServerThatEndsAtOnceIsAnError(t *testing.T) {
	t.Setenv("BENCH_TEST_SERVER", "fails")
	log := filepath.Join(t.TempDir(), "log")
	_, err := StartServer(context.Background(), "http://127.0.0.1:1", log, os.Args[0])
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), log) {
		t.Errorf("error %v", err)
	}
}
