/** fromTemplate is a fresh copy of the only element in the template with this id. */
export function fromTemplate(id: string): HTMLElement {
  const template = document.getElementById(id) as HTMLTemplateElement
  return template.content.firstElementChild?.cloneNode(true) as HTMLElement
}

/** part is the element in root that selector names. The page is broken without it, so a missing one throws. */
export function part<E extends HTMLElement = HTMLElement>(root: ParentNode, selector: string): E {
  const found = root.querySelector<E>(selector)
  if (found === null) throw new Error(`the page lacks ${selector}`)
  return found
}
