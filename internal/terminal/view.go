package terminal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/hongyan-im/hongyan/chat"
	"github.com/hongyan-im/hongyan/imlib"
)

const (
	listWidth  = 26 // columns of the list beside a conversation
	bothWidth  = 64 // columns from which both are shown
	leastWidth = 16
	leastHigh  = 5
	prompt     = "> "
)

// palette is how texts look.
type palette struct {
	bold, faint, bad, good, call, banner, picked lipgloss.Style
	people                                       []lipgloss.Style // one of them for each user
}

// newPalette has the terminal's own sixteen colours, which its user chose, or
// none.
func newPalette(colours bool) *palette {
	text := func(colour string) lipgloss.Style {
		if !colours {
			return lipgloss.NewStyle()
		}
		return lipgloss.NewStyle().Foreground(lipgloss.Color(colour))
	}
	p := &palette{
		bold: lipgloss.NewStyle().Bold(true), faint: text("8"), bad: text("1"), good: text("2"), call: text("3").Bold(true),
		banner: lipgloss.NewStyle().Reverse(true).Bold(true), picked: lipgloss.NewStyle().Reverse(true),
	}
	if colours {
		p.banner = text("0").Background(lipgloss.Color("3"))
	}
	for _, colour := range []string{"6", "5", "4", "2", "3"} {
		p.people = append(p.people, text(colour).Bold(true))
	}
	return p
}

// View is how the program looks.
func (m *model) View() tea.View {
	rows, x, y := m.screen()
	v := tea.NewView(strings.Join(rows, "\n"))
	v.AltScreen = true
	v.WindowTitle = "hongyan: " + string(m.client.User())
	if y >= 0 {
		v.Cursor = tea.NewCursor(x, y)
	}
	return v
}

// screen is every row, and where the cursor is; y is -1 where there is none.
func (m *model) screen() (rows []string, x, y int) {
	if m.width < leastWidth || m.height < leastHigh {
		return []string{fit(m.t.tooSmall, m.width)}, 0, -1
	}
	rows = m.top()
	middle := m.height - len(rows) - len(m.bottom())
	list, pane := m.widths()
	left, right := m.listRows(list, middle), m.paneRows(pane, middle)
	for i := range middle {
		switch {
		case list == 0:
			rows = append(rows, right[i])
		case pane == 0:
			rows = append(rows, left[i])
		default:
			rows = append(rows, pad(left[i], list)+m.look.faint.Render("│ ")+right[i])
		}
	}
	rows = append(rows, m.bottom()...)
	line, cursor := m.input.view(m.width - lipgloss.Width(prompt) - 1)
	rows[len(rows)-1] = m.look.bold.Render(prompt) + line
	return rows, lipgloss.Width(prompt) + cursor, len(rows) - 1
}

// widths are the columns of the list and of the conversation; 0 is not shown.
func (m *model) widths() (list, pane int) {
	switch {
	case m.width >= bothWidth:
		return listWidth, m.width - listWidth - 2
	case m.onList:
		return m.width, 0
	}
	return 0, m.width
}

// room is how many rows of messages are shown.
func (m *model) room() int { return max(1, m.height-len(m.top())-len(m.bottom())) }

// top is the title, and what is wrong with the connection.
func (m *model) top() []string {
	title := m.t.list
	unread := 0
	for _, c := range m.list {
		unread += c.unread
	}
	if m.open != nil && (!m.onList || m.width >= bothWidth) {
		title = name(m.open.id)
	}
	right := string(m.client.User())
	if unread > 0 {
		right = fmt.Sprintf("(%d) %s", unread, right)
	}
	right = fit(right, m.width/2)
	rows := []string{m.look.picked.Render(pad(" "+fit(title, m.width-lipgloss.Width(right)-3), m.width-lipgloss.Width(right)-1) + right + " ")}
	switch {
	case m.ended != nil:
		rows = append(rows, m.look.banner.Render(pad(" "+fit(fmt.Sprintf(m.t.ended, plain(m.t.reason(m.ended))), m.width-1), m.width)))
	case m.offline:
		rows = append(rows, m.look.banner.Render(pad(" "+fit(m.t.offline, m.width-1), m.width)))
	}
	return rows
}

// bottom is what goes on, what is answered, and the line to write in.
func (m *model) bottom() []string {
	rows := []string{fit(m.status(), m.width)}
	if to := m.answering; to != nil {
		text := fmt.Sprintf(m.t.replyTo, plain(string(to.Sender)), oneLine(m.describe(to.Content)))
		rows = append(rows, m.look.faint.Render(fit(text, m.width)))
	}
	return append(rows, "")
}

func (m *model) status() string {
	c := m.open
	if m.notice != "" {
		return m.look.call.Render(oneLine(plain(m.notice)))
	}
	if c != nil {
		if c.below > 0 {
			return m.look.call.Render(fmt.Sprintf(m.t.newBelow, c.below))
		}
		if who := c.typists(m.now()); len(who) == 1 {
			return m.look.faint.Render(fmt.Sprintf(m.t.typing, plain(string(who[0]))))
		} else if len(who) > 1 {
			return m.look.faint.Render(fmt.Sprintf(m.t.typingMany, len(who)))
		}
	}
	if m.onList {
		return m.look.faint.Render(m.t.hintList)
	}
	return m.look.faint.Render(m.t.hint)
}

// listRows is the list of conversations, the part around the cursor.
func (m *model) listRows(columns, height int) []string {
	rows := make([]string, height)
	if columns == 0 {
		return rows
	}
	if len(m.list) == 0 {
		copy(rows, strings.Split(lipgloss.Wrap(m.t.empty, columns-1, ""), "\n"))
		return rows
	}
	each := 1
	if height >= 2*len(m.list) || height >= 18 {
		each = 2
	}
	shown := max(1, height/each)
	first := max(0, min(m.cursor-shown/2, len(m.list)-shown))
	for i := first; i < len(m.list) && (i-first+1)*each <= height; i++ {
		at := (i - first) * each
		rows[at] = m.listRow(m.list[i], columns, m.onList && i == m.cursor)
		if each == 2 {
			rows[at+1] = m.look.faint.Render(fit("  "+oneLine(m.preview(m.list[i])), columns-1))
		}
	}
	return rows
}

func (m *model) listRow(c *conversation, columns int, at bool) string {
	count := ""
	if c.unread > 0 {
		count = fmt.Sprint(min(c.unread, 999))
	}
	if c.mentions > 0 {
		count = "@" + count
	}
	text := pad(fit(name(c.id), columns-3-lipgloss.Width(count)), columns-2-lipgloss.Width(count)) + count
	switch {
	case at:
		return m.look.picked.Render(" " + text)
	case c.mentions > 0:
		return m.look.call.Render(" " + text)
	case c.unread > 0 || c == m.open:
		return m.look.bold.Render(" " + text)
	}
	return " " + text
}

func (m *model) preview(c *conversation) string {
	switch {
	case len(c.typists(m.now())) > 0:
		return fmt.Sprintf(m.t.typing, plain(string(c.typists(m.now())[0])))
	case c.latest == nil:
		return ""
	}
	text := m.describe(c.latest.Content)
	if c.id.Type != chat.Private && !c.latest.Own && !c.latest.Recalled() {
		text = plain(string(c.latest.Sender)) + ": " + text
	}
	return text
}

// paneRows is the open conversation, or what to do without one.
func (m *model) paneRows(columns, height int) []string {
	rows := make([]string, height)
	switch c := m.open; {
	case columns == 0:
	case m.helping:
		for i, row := range strings.Split(m.t.help, "\n") {
			if i < height {
				rows[i] = fit(row, columns)
			}
		}
	case c == nil:
		copy(rows, strings.Split(lipgloss.Wrap(m.t.choose, columns-1, ""), "\n"))
	default:
		all := m.rowsOf(c, c.offset+height)
		end := len(all) - min(c.offset, max(0, len(all)-height))
		copy(rows, all[max(0, end-height):end])
	}
	return rows
}

// rowsOf are the last rows of a conversation, at least as many as are wanted
// if there are so many.
func (m *model) rowsOf(c *conversation, want int) []string {
	var blocks [][]string
	have := 0
	i := len(c.lines) - 1
	for ; i >= 0 && have < want; i-- {
		block := m.rowsOfLine(c, &c.lines[i], before(c.lines, i))
		blocks = append(blocks, block)
		have += len(block)
	}
	var rows []string
	if i < 0 && have < want {
		_, columns := m.widths()
		switch {
		case c.loading:
			rows = append(rows, m.look.faint.Render(fit(m.t.more, columns)))
		case c.loaded && !c.more:
			rows = append(rows, m.look.faint.Render(fit(m.t.beginning, columns)))
		}
	}
	for i := range blocks {
		rows = append(rows, blocks[len(blocks)-1-i]...)
	}
	return rows
}

func before(lines []line, i int) *line {
	if i == 0 {
		return nil
	}
	return &lines[i-1]
}

// rowsOfLine is a message that follows another.
func (m *model) rowsOfLine(c *conversation, l, previous *line) (rows []string) {
	_, columns := m.widths()
	columns = max(columns, leastWidth)
	if day := l.Time.Local().Format(m.t.dayLayout); previous == nil || previous.Time.Local().Format(m.t.dayLayout) != day {
		rows = append(rows, m.look.faint.Render(fit("-- "+day+" --", columns)))
	}
	who, style := string(l.Sender), m.look.people[hash(l.Sender)%uint32(len(m.look.people))]
	if l.Own {
		who, style = m.t.you, m.look.bold
	}
	head := l.Time.Local().Format("15:04 ") + plain(who) + ": "
	if columns < 40 {
		head = plain(who) + ": "
	}
	if l.Recalled() {
		head = l.Time.Local().Format("15:04 ")
	}
	head = fit(head, columns/2)
	indent := strings.Repeat(" ", min(6, columns/8))
	var text []string
	if answer, is := l.Content.(imlib.ReferenceMessage); is {
		text = append(text, m.look.faint.Render(fit("| "+plain(string(answer.Sender))+": "+oneLine(m.quoted(answer)), columns-lipgloss.Width(head)-1)))
	}
	body := m.describe(l.Content)
	if l.Recalled() {
		body = m.recalledText(l)
	}
	margin := 1
	if l.Own {
		margin = 3 // for its mark
	}
	for _, row := range wrap(body, columns-lipgloss.Width(head)-margin, columns-len(indent)-margin, len(text) > 0) {
		if len(text) > 0 {
			row = indent + row
		}
		if l.Recalled() {
			row = m.look.faint.Render(row)
		}
		text = append(text, row)
	}
	stamp, from, _ := strings.Cut(head, " ")
	if columns < 40 && !l.Recalled() {
		stamp, from = "", head
	}
	first := m.look.faint.Render(stamp) + " " + style.Render(from)
	if stamp == "" {
		first = style.Render(from)
	}
	text[0] = first + text[0]
	text = m.stateRows(l, text, columns)
	if l == c.chosenLine() {
		for i, row := range text {
			text[i] = m.look.picked.Render(pad(strip(row), columns-1))
		}
	}
	return append(rows, text...)
}

// stateRows adds how far a message of the user's is.
func (m *model) stateRows(l *line, rows []string, columns int) []string {
	mark := ""
	switch {
	case l.state == failed:
		for _, row := range wrap(fmt.Sprintf(m.t.failed, plain(m.t.reason(l.why))), 0, columns-7, true) {
			rows = append(rows, m.look.bad.Render("      "+row))
		}
		return rows
	case l.state == sending && l.file != "":
		return append(rows, m.look.faint.Render("      "+bar(l.progress, min(20, columns-14))))
	case l.state == sending:
		mark = m.look.faint.Render(" " + m.t.sending)
	case l.state == waiting:
		mark = m.look.faint.Render(" " + m.t.waiting)
	case !l.Edited.IsZero():
		mark = m.look.faint.Render(" (" + m.t.edited + ")")
	case l.Own && !l.Recalled():
		mark = m.look.good.Render(" ✓")
	}
	if last := len(rows) - 1; lipgloss.Width(rows[last])+lipgloss.Width(mark) <= columns {
		rows[last] += mark
	}
	return rows
}

// bar is how far an upload is.
func bar(p imlib.Progress, columns int) string {
	columns = max(columns, 4)
	full := columns * p.Percent() / 100
	return fmt.Sprintf("[%s%s] %3d%%", strings.Repeat("=", full), strings.Repeat(" ", columns-full), p.Percent())
}

func (m *model) recalledText(l *line) string {
	by := l.Content.(imlib.RecallNotification).Operator
	if by == "" {
		by = l.Sender
	}
	if by == m.client.User() {
		return m.t.recalledOwn
	}
	return fmt.Sprintf(m.t.recalled, plain(string(by)))
}

// quoted is the message that one answers.
func (m *model) quoted(r imlib.ReferenceMessage) string {
	var text struct{ Content, Name string }
	_ = json.Unmarshal(r.Message, &text) // what is not there is not shown
	for _, known := range []struct {
		content imlib.Content
		word    string
	}{
		{imlib.FileMessage{}, m.t.file}, {imlib.ImageMessage{}, m.t.image}, {imlib.GIFMessage{}, m.t.gif},
		{imlib.HQVoiceMessage{}, m.t.voice}, {imlib.SightMessage{}, m.t.video}, {imlib.LocationMessage{}, m.t.place},
	} {
		if known.content.Kind().ObjectName == r.ObjectName {
			return strings.TrimSpace("[" + known.word + "] " + plain(text.Name))
		}
	}
	return plain(cmp.Or(text.Content, "["+r.ObjectName+"]"))
}

// describe is what a message says.
func (m *model) describe(content imlib.Content) string {
	mark := func(kind string, rest ...string) string {
		return strings.TrimSpace("[" + kind + "] " + plain(strings.Join(rest, " ")))
	}
	switch c := content.(type) {
	case imlib.TextMessage:
		return plain(c.Content)
	case imlib.ReferenceMessage:
		return plain(c.Content)
	case imlib.FileMessage:
		return mark(m.t.file, c.Name, size(c.Size), c.URL)
	case imlib.ImageMessage:
		return mark(m.t.image, c.URL)
	case imlib.GIFMessage:
		return mark(m.t.gif, size(c.Size), c.URL)
	case imlib.HQVoiceMessage:
		return mark(m.t.voice, fmt.Sprintf("%ds", c.Duration), c.URL)
	case imlib.SightMessage:
		return mark(m.t.video, c.Name, size(c.Size), c.URL)
	case imlib.LocationMessage:
		return mark(m.t.place, c.Name, fmt.Sprintf("(%.4f, %.4f)", c.Latitude, c.Longitude))
	case imlib.RichContentMessage:
		return mark(m.t.link, c.Title, c.URL)
	case imlib.InformationNotificationMessage:
		return plain(c.Message)
	case imlib.GroupNotificationMessage:
		return plain(strings.TrimSpace(c.Message + " " + c.Operation))
	case imlib.RecallNotification:
		return m.recalledText(&line{Message: imlib.Message{Content: c}})
	}
	return mark(content.Kind().ObjectName)
}

// size is a number of bytes as people say it.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}

func hash(user chat.UserID) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(user)) // it takes everything
	return h.Sum32()
}

// wrap breaks a text into rows: the first as wide as there is room for after
// what stands before it, unless alone, the others of a width of their own.
func wrap(text string, first, rest int, alone bool) (rows []string) {
	if alone {
		first = rest
	}
	first, rest = max(first, 4), max(rest, 4)
	for i, part := range strings.Split(text, "\n") {
		columns := rest
		if i == 0 {
			columns = first
		}
		for {
			head, tail := breakAt(part, columns)
			rows = append(rows, head)
			if tail == "" {
				break
			}
			part, columns = tail, rest
		}
	}
	return rows
}

// breakAt is as much of a text as fits into columns, after a space or between
// wide characters if there are such places, and the rest.
func breakAt(text string, columns int) (head, tail string) {
	used, space := 0, 0
	for i, r := range text {
		w := width(r)
		if used+w > columns {
			if space > 0 && w < 2 {
				i = space
			}
			return strings.TrimRight(text[:i], " "), strings.TrimLeft(text[i:], " ")
		}
		used += w
		if r == ' ' || w == 2 {
			space = i + len(string(r))
		}
	}
	return text, ""
}

// fit cuts a text, which may have colours, to so many columns.
func fit(text string, columns int) string {
	columns = max(columns, 0)
	if lipgloss.Width(text) <= columns {
		return text
	}
	return lipgloss.NewStyle().MaxWidth(columns).Inline(true).Render(text)
}

// pad fills a text up to so many columns.
func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-lipgloss.Width(text)))
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " ") }

// strip takes the colours out of a text of ours.
func strip(text string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "\x1b[")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		_, text, _ = strings.Cut(after, "m")
	}
}
