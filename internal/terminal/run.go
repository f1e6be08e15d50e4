package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	tea "charm.land/bubbletea/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

// Options say how Run shows a chat.
type Options struct {
	In  io.Reader // keys; nil is the standard input
	Out io.Writer // the screen; nil is the standard output
	Env []string  // of the process, which says what its terminal can do; nil is its own

	NoColour bool // use no colours

	Locale string            // such as zh_CN.UTF-8; anything that is not Chinese is English
	Open   chat.Conversation // to open at first; the zero value is none

	Width, Height int // of a screen that does not tell; 0 is asked of it
}

// Source is a Client that tells what happens.
type Source interface {
	Client
	Events(ctx context.Context) iter.Seq2[imlib.Event, error]
}

// Run shows the chat of a client until its user quits, which is no error, or
// ctx ends. The client is not closed.
func Run(ctx context.Context, client Source, o Options) error {
	ctx, stop := context.WithCancel(ctx)
	var program *tea.Program
	m := newModel(ctx, client, textsFor(o.Locale), func(msg tea.Msg) { program.Send(msg) })
	m.look = newPalette(!o.NoColour)
	if o.Open.Target != "" {
		m.first = &o.Open
	}
	program = tea.NewProgram(m, o.program(ctx)...)
	var reading sync.WaitGroup
	reading.Go(func() {
		for e, err := range client.Events(ctx) {
			if err != nil {
				program.Send(clientEnds{err})
				return
			}
			program.Send(happened{e})
		}
	})
	_, err := program.Run()
	stop()
	reading.Wait()
	if ctx.Err() != nil && errors.Is(err, tea.ErrProgramKilled) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the terminal: %w", err)
	}
	return nil
}

func (o *Options) program(ctx context.Context) (list []tea.ProgramOption) {
	list = append(list, tea.WithContext(ctx), tea.WithoutSignalHandler())
	if o.In != nil {
		list = append(list, tea.WithInput(o.In))
	}
	if o.Out != nil {
		list = append(list, tea.WithOutput(o.Out))
	}
	if o.Env != nil {
		list = append(list, tea.WithEnvironment(o.Env))
	}
	if o.Width > 0 && o.Height > 0 {
		list = append(list, tea.WithWindowSize(o.Width, o.Height))
	}
	return list
}
