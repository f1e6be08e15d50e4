// Command hongyan is the server of Hongyan, and what an operator needs around
// it: tokens, a message from the command line, a load generator.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/hongyan-im/hongyan/internal/node"
)

// version is set when a release is built; otherwise it is what Go knows of the
// source.
var version = ""

type commands struct {
	Serve   ServeCmd   `cmd:"" help:"Run a server."`
	Token   TokenCmd   `cmd:"" help:"Print a token, with which a user connects."`
	Send    SendCmd    `cmd:"" help:"Send one message."`
	Tail    TailCmd    `cmd:"" help:"Print what a user receives, as it comes."`
	Chat    ChatCmd    `cmd:"" help:"Chat in the terminal."`
	Bench   BenchCmd   `cmd:"" help:"Load a server and verify every message."`
	Version VersionCmd `cmd:"" help:"Print the version."`
}

const description = `Hongyan is an instant-messaging system in one program.

Begin with "hongyan serve --dev" and open the page that it names.`

// What the process exits with.
const (
	exitOK     = 0
	exitFailed = 1 // the command could not do what it was asked
	exitUsage  = 2 // the command does not understand what it was asked
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run runs the command in args until it is done or ctx ends, and returns what
// the process should exit with.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	exit := -1
	parser := newParser(new(commands), console{stdout, stderr}, func(code int) { exit = code })
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit // kong did what was asked, such as --help
	}
	if err != nil {
		fmt.Fprintf(stderr, "hongyan: %v\nSee \"hongyan --help\".\n", err)
		return exitUsage
	}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(stderr, "hongyan: %v\n", err)
		return exitFailed
	}
	return exitOK
}

func newParser(c *commands, to console, exit func(int)) *kong.Kong {
	parser, err := kong.New(c,
		kong.Name("hongyan"), kong.Description(description),
		kong.Writers(to.out, to.err), kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Vars{"dev_key": node.DevKey, "dev_secret": node.DevSecret},
		kong.Bind(to),
	)
	if err != nil {
		panic(err) // the commands are described wrongly: no argument can cause it
	}
	return parser
}

// console is where a command writes: out for what it was asked for, err for
// everything else.
type console struct{ out, err io.Writer }

// VersionCmd prints which build this is.
type VersionCmd struct{}

// Run prints the version.
func (VersionCmd) Run(c console) error {
	_, err := fmt.Fprintln(c.out, "hongyan", buildVersion())
	return err
}

func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	switch {
	case version != "":
		return version
	case ok && info.Main.Version != "":
		return info.Main.Version
	}
	return "unknown"
}
