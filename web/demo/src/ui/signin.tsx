import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { nameOf } from '../show.ts'
import { useChat, usePart, useSay } from './context.ts'
import { Icon } from './icon.tsx'
import { Avatar } from './parts.tsx'

/** The user who greets, and whom nobody is. */
const HOST = 'hongyan'

/** SignIn asks who the user is. */
export function SignIn(): VNode {
  const chat = useChat()
  const say = useSay()
  const { people, problem, phase, language } = usePart((state) => state)
  const [name, setName] = useState('')
  const busy = phase === 'signing-in'
  useEffect(() => void chat.people.meet(''), [])
  const names = [...people.values()].filter(({ id }) => id !== HOST)
  return (
    <main class="sign-in">
      <div class="card">
        <span class="brand">
          <Icon name="logo" />
        </span>
        <h1>{say('welcome')}</h1>
        <p>{say('welcomeText')}</p>
        {problem && (
          <p class="problem" role="alert">
            {problem}
            <button type="button" class="link" onClick={() => void chat.people.meet('')}>
              {say('tryAgain')}
            </button>
          </p>
        )}
        <ul class="people">
          {names.map((person) => {
            const called = nameOf(person, person.id, language)
            return (
              <li key={person.id}>
                <button type="button" disabled={busy} onClick={() => void chat.signIn(person.id)}>
                  <Avatar id={person.id} name={called} />
                  {called}
                </button>
              </li>
            )
          })}
        </ul>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() !== '') void chat.signIn(name.trim())
          }}
        >
          <label for="hy-name">{say('orName')}</label>
          <div class="field">
            <input
              id="hy-name"
              type="text"
              maxLength={40}
              autocomplete="off"
              placeholder={say('namePlaceholder')}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
            <button type="submit" class="primary" disabled={busy || name.trim() === ''}>
              {say(busy ? 'signingIn' : 'signIn')}
            </button>
          </div>
        </form>
      </div>
      <footer>
        <button type="button" class="link" lang={language === 'zh' ? 'en' : 'zh'} onClick={() => chat.page.setLanguage(language === 'zh' ? 'en' : 'zh')}>
          {say('otherLanguage')}
        </button>
      </footer>
    </main>
  )
}
