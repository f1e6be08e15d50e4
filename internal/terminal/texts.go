package terminal

import (
	"errors"
	"strings"

	"github.com/hongyan-im/hongyan/chat"
)

// texts are what the program says in a language.
type texts struct {
	chinese bool

	list, empty, choose, more, beginning, newBelow string
	offline, ended                                 string
	typing, typingMany, sending, waiting, failed   string
	recalled, recalledOwn, you, replyTo, edited    string
	file, image, voice, video, gif, place, link    string
	hint, hintList, tooSmall, help                 string
	unknown, needs, nothingTo, notRecallable       string
	noConversation, readOnly, joined, left, lost   string
	dayLayout                                      string
}

var english = texts{
	list: "Conversations", empty: "No conversation yet: /to USER begins one.", choose: "Choose a conversation, or begin one: /to USER, /group ID, /join ROOM.",
	more: "loading older messages…", beginning: "This is the beginning.", newBelow: "%d new below (End)",
	offline: "No connection: trying again. What you write is sent when it is back.", ended: "The connection ended: %s. Ctrl+C quits.",
	typing: "%s is typing…", typingMany: "%d people are typing…", sending: "sending…", waiting: "waiting…", failed: "not sent (Ctrl+S sends it again): %s",
	recalled: "%s took a message back", recalledOwn: "You took a message back", you: "you", replyTo: "Answer to %s: %s (Esc gives up)", edited: "edited",
	file: "file", image: "image", voice: "voice", video: "video", gif: "GIF", place: "place", link: "link",
	hint:     "Enter sends · Tab list · ↑ choose a message · PgUp older · /help",
	hintList: "↑↓ choose · Enter opens · Tab back · /help",
	tooSmall: "larger, please",
	help: `/to USER      chat with a user
/group ID     chat in a group
/join ROOM    enter a chatroom, /leave leaves it
/file PATH    send a file; pictures as pictures
/reply        answer the chosen message   Ctrl+R
/recall       take the chosen message back  Ctrl+X
/resend       send again what failed      Ctrl+S
/quit         end                         Ctrl+C
//text        a text that begins with a /

↑ ↓           choose a message, Esc gives up
PgUp PgDn     older and newer messages, End the newest
Tab           completes @names and /commands,
              else goes to the list and back
Ctrl+N Ctrl+P the next and previous conversation`,
	unknown: "There is no %s. /help says what there is.", needs: "%s needs something after it, such as %s.",
	nothingTo: "There is nothing to do that with.", notRecallable: "Only messages of yours can be taken back.",
	noConversation: "No conversation is open.", readOnly: "Nobody can write here.", joined: "You are in %s; there are %d.", left: "You left %s.", lost: "You are not in %s any more: %s.",
	dayLayout: "Monday, 2 January 2006",
}

var chinese = texts{
	chinese: true,
	list:    "会话", empty: "还没有会话：输入 /to 用户 开始。", choose: "选择一个会话，或新建：/to 用户、/group 群、/join 聊天室。",
	more: "正在加载更早的消息…", beginning: "没有更早的消息了。", newBelow: "下面有 %d 条新消息（End）",
	offline: "连接已断开，正在重连。输入的内容会在恢复后发送。", ended: "连接已结束：%s。Ctrl+C 退出。",
	typing: "%s 正在输入…", typingMany: "%d 人正在输入…", sending: "发送中…", waiting: "等待中…", failed: "未发送（Ctrl+S 重发）：%s",
	recalled: "%s 撤回了一条消息", recalledOwn: "你撤回了一条消息", you: "我", replyTo: "回复 %s：%s（Esc 取消）", edited: "已编辑",
	file: "文件", image: "图片", voice: "语音", video: "视频", gif: "动图", place: "位置", link: "链接",
	hint:     "Enter 发送 · Tab 会话列表 · ↑ 选择消息 · PgUp 更早 · /help 帮助",
	hintList: "↑↓ 选择 · Enter 打开 · Tab 返回 · /help 帮助",
	tooSmall: "窗口太小",
	help: `/to 用户       与用户聊天
/group 群      在群里聊天
/join 聊天室   进入聊天室，/leave 离开
/file 路径     发送文件；图片按图片发送
/reply         回复选中的消息       Ctrl+R
/recall        撤回选中的消息       Ctrl+X
/resend        重发失败的消息       Ctrl+S
/quit          退出                 Ctrl+C
//文字         以 / 开头的文字

↑ ↓            选择消息，Esc 取消
PgUp PgDn      更早、更新的消息，End 到最新
Tab            补全 @名字 和 /命令，否则切换会话列表
Ctrl+N Ctrl+P  下一个、上一个会话`,
	unknown: "没有 %s 这个命令，/help 查看帮助。", needs: "%s 后面要有内容，例如 %s。",
	nothingTo: "没有可以这样操作的消息。", notRecallable: "只能撤回自己的消息。",
	noConversation: "没有打开的会话。", readOnly: "这里不能发消息。", joined: "已进入 %s，现有 %d 人。", left: "已离开 %s。", lost: "已不在 %s：%s。",
	dayLayout: "2006-01-02",
}

// textsFor are those for a locale such as zh_CN.UTF-8.
func textsFor(locale string) *texts {
	if strings.HasPrefix(strings.ToLower(locale), "zh") {
		return &chinese
	}
	return &english
}

// Locale is the locale that an environment asks for.
func Locale(env func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			return v
		}
	}
	return ""
}

// reason is err as a person understands it.
func (t *texts) reason(err error) string {
	var coded *chat.Error
	if t.chinese && errors.As(err, &coded) && coded.Code.Chinese() != "" {
		return coded.Code.Chinese()
	}
	return err.Error()
}
