// The page that the server shows: the chat and nothing else. ?as=bob signs in as bob, ?as= asks.
import { mount } from './chat.js'

const as = new URLSearchParams(location.search).get('as')
if (as !== null) {
  sessionStorage.removeItem('hongyan:chat:user') // of the window that this one was opened from
  history.replaceState(null, '', location.pathname)
}
const title = document.title
mount(document.querySelector('#chat'), {
  ...(as ? { user: as } : {}),
  onUnread: (count) => (document.title = count > 0 ? `(${count}) ${title}` : title),
})
