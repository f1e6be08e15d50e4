import { Pane } from './pane.ts'
import { alice, bob } from './people.ts'
import { choose, language, translate } from './strings.ts'
import { Tabs } from './tabs.ts'
import { part } from './template.ts'

const panes = [new Pane(alice, bob), new Pane(bob, alice)]
const tabs = new Tabs(part(document, '.tabs'))

function showLanguage(): void {
  document.documentElement.lang = language()
  translate(document)
  tabs.translate()
  for (const pane of panes) pane.translate()
}

part(document, '#language').addEventListener('click', () => {
  choose(language() === 'zh' ? 'en' : 'zh')
  showLanguage()
})

for (const [at, person] of [alice, bob].entries()) {
  const pane = panes[at]
  if (pane === undefined) continue
  part(document, '.panes').append(pane.element)
  tabs.add(person, pane)
}
showLanguage()
for (const pane of panes) pane.start()
panes[0]?.focus()
