// Read the page's words aloud, where the phone can. Buttons marked data-speak name what to read, of which is read what shows;
// they stay hidden elsewhere.

if ('speechSynthesis' in window) {
  for (const button of document.querySelectorAll('[data-speak]')) {
    button.hidden = false
    button.addEventListener('click', () => {
      if (speechSynthesis.speaking) return speechSynthesis.cancel()
      const shown = [...document.querySelectorAll(button.dataset.speak)].filter(part => part.getClientRects().length)
      const words = shown.map(part => part.innerText).join('，')
      const speech = new SpeechSynthesisUtterance(words)
      speech.lang = document.documentElement.lang
      speech.rate = 0.85
      speechSynthesis.speak(speech)
    })
  }
}
