/**
 * Makes the children of `parent` look like `wanted` while keeping the elements that are there. The page is described anew
 * each second; replacing its elements would take away the focus, the opened details and the selected text of whoever reads
 * it. Elements with a `data-key` are found again by it, the others by place and tag.
 */
export function morph(parent: Element, wanted: readonly (Node | string)[]): void {
  const byKey = new Map<string, Element>();
  for (const child of parent.children) {
    const key = child.getAttribute('data-key');
    if (key !== null) byKey.set(key, child);
  }
  let at: ChildNode | null = parent.firstChild;
  for (const want of wanted) {
    const node = typeof want === 'string' ? document.createTextNode(want) : want;
    const key = node instanceof Element ? node.getAttribute('data-key') : null;
    const kept = key === null ? (at !== null && keyOf(at) === null ? at : null) : (byKey.get(key) ?? null);
    if (kept === null || kept.nodeName !== node.nodeName) {
      parent.insertBefore(node, at);
      continue;
    }
    if (kept !== at) parent.insertBefore(kept, at);
    else at = at.nextSibling;
    become(kept, node);
  }
  while (at !== null) {
    const next: ChildNode | null = at.nextSibling;
    at.remove();
    at = next;
  }
}

function keyOf(node: ChildNode): string | null {
  return node instanceof Element ? node.getAttribute('data-key') : null;
}

function become(kept: Node, want: Node): void {
  if (!(kept instanceof Element) || !(want instanceof Element)) {
    if (kept.nodeValue !== want.nodeValue) kept.nodeValue = want.nodeValue;
    return;
  }
  for (const { name } of [...kept.attributes]) {
    // Whether details are open is the reader's doing.
    if (!want.hasAttribute(name) && !(name === 'open' && kept.nodeName === 'DETAILS')) kept.removeAttribute(name);
  }
  for (const { name, value } of want.attributes) {
    if (kept.getAttribute(name) !== value) kept.setAttribute(name, value);
  }
  morph(kept, [...want.childNodes]);
}
