// What helps to type amounts. Without this file the phone's keyboard and the server do it all.

import './keys.js'
import './quantity.js'
import './questions.js'
import './scale.js'
