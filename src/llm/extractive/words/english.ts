import type { PhraseLists } from "./phrase-lists.ts";
import { wordSet } from "./word-set.ts";

/** Words that carry grammar, not meaning. */
export const ENGLISH_STOP_WORDS: ReadonlySet<string> = wordSet(`
  a about above across after again against all almost alone along already also although always am among an and another any
  anybody anyone anything anyway anywhere are aren't around as at away back be became because become becomes been before
  behind being below beside besides between beyond both but by came can can't cannot come comes could couldn't did didn't do
  does doesn't doing don't done down due during each either else enough especially etc even ever every everybody everyone
  everything everywhere except few first for from further gave get gets getting give given gives giving go goes going gone
  got had hadn't has hasn't have haven't having he he's hence her here here's hers herself him himself his how how's however
  i i'd i'll i'm i've if in indeed instead into is isn't it it's its itself just keep kept knew know known last lastly later
  least less let let's lets like likely ll lot lots made mainly make makes making many may maybe me meanwhile might mine more
  moreover most mostly much must my myself near nearly neither never nevertheless next no nobody none nor not nothing now
  nowhere of off often ok okay on once one ones only onto or other others otherwise our ours ourselves out over own per
  perhaps please put quite rather re really said same saw say says see seem seems seen shall she she's should shouldn't
  since so some somebody somehow someone something sometimes somewhere soon still such than that that's the their theirs
  them themselves then there there's thereby therefore these they they'd they'll they're they've this those though through
  throughout thus till to together too took toward towards under unless unlike until up upon us usually ve very via was
  wasn't way ways we we'd we'll we're we've well went were weren't what what's whatever when whenever where whereas wherever
  whether which while who who's whoever whole whom whose why will with within without won't would wouldn't yes yet you you'd
  you'll you're you've your yours yourself yourselves eg ie vs one's oh hi hello hey thanks thank yeah yep nope sure
`);

/** Words so common in chats that none of them is a tag or makes a sentence weigh more. */
export const ENGLISH_WEAK_WORDS: ReadonlySet<string> = wordSet(`
  ability able built-in entry morning evening column analyze analyse module suggestion improvement implementation absolutely access according act action actual actually add added adding addition additional adds affect
  allow allowed allows alternative amount answer anymore appear appears apply approach appropriate area ask asked asking
  aspect assume available avoid avoids aware bad based basic basically begin behave behavior behaviour believe benefit
  benefits best better big bit bottom break brief bring brings broad build building built call called calling calls care
  careful carefully case cases cause caused causes certain chance change changed changes changing chat check checking
  choice choose chose clear clearly clever close code combine command commands comment common commonly compare complete
  completely complex concept condition consider considered consistent contain contains context continue control convert
  correct correctly course cover covers create created creates creating crucial current currently day days deal decide
  decided deep default define defined depend depending depends describe described detail detailed details difference
  different difficult direct directly discuss does double early easier easily easy effect effective effectively effort
  either element end ends ensure ensures entire error errors essential eventually exact exactly example examples exist
  existing exists expect expected explain explained explanation extra extremely fact fail fails fairly false far fast faster
  feature features feel field fields figure file files fill final finally find finds fine fix fixed focus follow followed
  following follows form found free frequent full fully fun function functions fundamental general generally generate
  goal good great guess guide half hand handle handled handles handling hands happen happened happening happens happy hard
  hear heavy held help helped helpful helping helps high higher highly hold holds hope hours huge idea ideal ideas
  identify immediate immediately impact imply important improve include included includes including increase indicate
  info information initial inside instance instead intend interest interesting involve involves issue issues item items
  keeping keeps key keys kind kinds lack large larger late latest lead leads learn leave left length level levels light line
  lines link list listed little live load local long longer look looking looks lose love low lower main maintain major manage
  manner match matter matters mean meaning means meant mention mentioned message method methods mind minimal minute
  minutes miss missing mix mode modern moment month months move moves multiple name named names natural necessary need
  needed needing needs new nice normal normally note notes notice number numbers object occur old open opens option
  options order original overall page part particular particularly parts past people perfect perform performs person
  pick piece place places plan play plus point points popular possible possibly potential practical practice practices
  precise prefer present pretty prevent prevents previous primary prior probably problem problems proceed process
  processes produce project proper properly provide provided provides providing pull purpose push quality question
  questions quick quickly quiet random range rare rate reach read reading reads ready real realize reason reasonable
  reasons receive recent recently recommend recommended record recovery reduce reduces reducing refer reference regarding
  regular related relevant reliable rely remain remains remember remove removed removing replace report represent
  request requests require required requires response responses rest result results return returned returns review
  right role roughly row rule run running runs safe sample save scale strategy discussion guideline guidelines preparation subset partial conclusion overview introduction basics scenario second seconds section sense separate
  series serious serve set sets setting settings setup several share short show showed showing shown shows side sign
  significant significantly similar simple simpler simplest simply single situation size skip slightly slow slower small
  smaller solid solution solutions solve somewhat sort sorts sound sounds source space special specific specifically
  speed spend split stage standard start started starting starts state states stay step steps stick stop stops store
  straightforward strategy strong structure stuff style subject successful suggest suggested suit suitable summary
  support supported supports switch system table take taken takes taking talk task tasks technique tell tells tend term
  terms test text thing things think thinking thought thoughts three throw ticket tie time times tip tips title today told
  tomorrow top topic total touch track tried tries true truly trust try trying turn turns two type types typical typically
  ultimately understand understanding unique unit update updated updates use used useful user users uses using usual
  valid value values various version versions view visible wait waiting want wanted wants warning watch week weeks wish
  wonder word words work worked working works world worry worse worst worth write writes writing written wrong year years
  zero won sits sit says saying adjust aim allows anything apart assist attempt bear carry certainly chosen claim come
  comparison confirm crash create currently cut despite drop ease eight equal essentially ever expand expensive explore
  extend few five four gain gather gets gone grab grow happily hit ignore imagine important inform keep lie lies lift listen
  loose mainly mark modify nine none obvious obviously offer offers once pair pass passed passes pay perfectly prepare
  promise prove raise rarely recall rename repeat reply respond rewrite rid rise rough send sends sent seven six sometimes
  stand stands stays stuck surely surprise ten third thorough tiny tool tools tough treat trick truth undefined unfortunately
  unusual verify went wide wise yesterday assistant conversation human untitled
  age alive amount attempt average bare blank bring broken brought busy cold colleague copy count decision depth dry early
  empty exist extra face fair fit flat forget forgot forgotten fresh full gap ground half heading height hot idle kept last
  let limit loud maximum minimum missing mistake moment net note opened overall pasted plain point raw reach ready real
  reboot rest rich rise safe sat saw see seen sees sheet shut sleep soft sound spare spot start steady stop sum sure surface
  taste tidy toward trouble try twice wake want warn width win wish withhold wrote thousand hundred million dozen everyone
  answer advice agree ask chat classic entire extent fault habit heart honest inside outside joy list luck mood mouth name
  person place plan promise reader relief room sentence shape somebody story surprise talk thanks writer yours
`);

export const ENGLISH_PHRASES: PhraseLists = {
  chatter: [
    /^(?:you were|you are) right\b/i,
    /^(?:good|nice|great|well|exactly|a good|a great) (?:the |first |first one|right |week|work|call|choice|test|plan|catch|done)/i,
    /^(?:the |my |our )?[\w.-]{2,24} (?:is|are) attached\b/i,
    /^here (?:it|they) (?:is|are)\b/i,
    /^(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening)|dear|welcome|cheers)\b/i,
    /^(?:thanks|thank you|many thanks|no problem|no worries|you(?:'|’)?re welcome|my pleasure|sorry|apologies|i apologi[sz]e)\b/i,
    /^(?:sure|certainly|of course|absolutely|definitely|exactly|great|good|nice|excellent|awesome|perfect|fantastic|wonderful|got it|understood|alright|all right|ok|okay|yes|yep|yeah|no|right|correct|agreed|indeed|cool|wow|oh|ah|hmm+|well)(?:[,.!;]|$| (?:question|idea|choice|point|thing|job|call|catch|news|to hear|thinking)\b)/i,
    /^(?:that(?:'|’)?s|this is|what) (?:a |an )?(?:really |very |such a )?(?:great|good|excellent|interesting|fantastic|fair|valid|common)\b.{0,24}(?:question|point|idea|topic|one|choice)/i,
    /^you(?:'|’)?re (?:absolutely |completely |quite |totally )?(?:right|correct|welcome)/i,
    /^(?:here(?:'|’)?s|here is|here are|below is|below are|the following)\b/i,
    /^(?:let me|let(?:'|’)?s (?:look|see|start|dive|break|walk|explore|take)|allow me|i(?:'|’)?(?:ll| will| can| could|(?:'|’)?d)(?: be)?(?: also)? (?:share|help|happy|glad|walk|explain|show|provide|create|write|give|go|try|need|love|like to|assist|break)|i(?:'|’)?m (?:happy|glad|sorry|here)|i am (?:happy|glad|sorry|here|working)|i(?:'|’)?m working)\b/i,
    /\b(?:let me know|feel free|hope (?:this|that|it) helps|happy to help|glad to help|would you like|do you want me|shall i|want me to|if you(?:'|’)?d like|if you want,? i|if you have (?:any )?(?:more |other |further )?questions|anything else|good luck|happy coding|i can help you|to help me|could you (?:share|provide|tell))\b/i,
    /^i(?:'|’)?(?:ve| have) (?:created|updated|written|added|made|prepared|drafted|fixed|revised|put)\b/i,
    /^(?:as an ai|as a language model|i cannot|i can(?:'|’)?t (?:help|assist|access|browse))\b/i,
    /\b(?:not supported on your current device|isn(?:'|’)t yet supported on mobile)\b/i,
  ],
  leansBack: [
    /^(?:this|that|these|those|it|its|it(?:'|’)s|they|their|them|he|she|such|both|neither|either|the (?:former|latter|above|same)|one|another|others)\b/i,
    /^(?:if|when|once|unless|while|since|as|for|with|without|on|in|at|by|before|after|to|from|until|instead of) (?:it|they|them|this|that|these|those|one|he|she|so|not)\b/i,
    /^(?:if|when|with|for|at|in|on|after|before)\b[^,;:]{0,80},? (?:it|they|this|that)\b/i,
    /^(?:take|use|do|try|put|keep|give|make|let|send|add|set|leave|move|run|open|get|bring|remove|check|rehearse|write) (?:it|them|this|that|these|those|one|both|either|each|the (?:second|first|other|same|last|rest))\b/i,
    /^(?:the|some|any|all|each|every|most) (?:other|others|same|latter|former|rest|second one|first one|last one|next|above)\b/i,
    /\b(?:either|neither)\b(?!.*\b(?:n?or)\b)/i,
    /^[^,]{0,40}\b(?:the|that|this|another|first|second|third|last|other|cm|mm|kg|g) ones?\b/i,
    /^(?:other|another|further|more) /i,
    /^(?:yes|no|done|noted|not by)\b/i,
    /^(?:however|also|but|and|or|so|then|therefore|thus|hence|moreover|furthermore|additionally|finally|otherwise|instead|meanwhile|for example|for instance|e\.g\.|in this case|in that case|in addition|on the other hand|similarly|likewise|still|plus|besides|afterwards|next|now|because of this|as a result)\b/i,
  ],
  question: [
    /^(?:(?:so|and|but|ok|okay|hi|hey|well|also)[, ]+)?(?:how|what|why|when|where|which|who|whose|can|could|is|are|was|were|do|does|did|should|would|will|has|have|am|may|shall)(?:n(?:'|’)t)? .*\?["')\]]*$/i,
    /^(?:how (?:do|can|could|should|would|does|to)|what(?:'|’)?s|what (?:is|are|does|do|should)|why (?:is|are|does|do|did)|which (?:one|is|are)|can (?:you|i|we)|could you) /i,
  ],
  request: [
    /^(?:please |now |then |ok,? |also,? |and )?(?:explain|write|create|make|build|show|tell|give|fix|help|list|describe|compare|summari[sz]e|translate|generate|review|refactor|convert|implement|add|suggest|recommend|draft|rewrite|find|check|design|plan|analy[sz]e|outline|update|improve|optimi[sz]e|debug|set up|walk)\b/i,
    /\b(?:i (?:want|need|would like|(?:'|’)d like)|i(?:'|’)?m (?:trying|looking|getting)|help me|please)\b/i,
  ],
  task: [
    // The thing to be done must be named: "Write it down" asks for something that only the chat knows.
    /^(?:(?:please|now|then|ok|okay|also|and|so|hi|hello|can you|could you)[, ]+)*(?:help me (?:to )?)?(?:explain|write|create|make|build|show|tell|give|fix|list|describe|compare|summari[sz]e|translate|generate|review|refactor|convert|implement|add|suggest|recommend|draft|rewrite|find|check|design|plan|analy[sz]e|outline|update|improve|optimi[sz]e|debug|set up|understand|learn|choose|decide|prepare) (?!(?:me |us |up )?(?:it|that|this|them|these|those|one|more|again|so|please)\b)/i,
    /\bi (?:want|need|would like|(?:'|’)d like)(?: you)? to (?:know|understand|learn|find|build|write|make|create|add|fix|move|migrate|compare|choose|plan|design|set up|get)\b/i,
  ],
  decisionHeading: [/^(?:(?:the|our|final|main) )*(?:decisions?(?: made| taken)?|what (?:we|was|is) decided)$/i],
  conclusion: [
    /\b(?:short answer|bottom line|in short|to sum up|i(?:(?:'|’)d| would) (?:take|use|go|recommend|suggest|choose|pick|start)|recommend|(?:simplest|best|safest|cheapest) (?:way|thing|choice|option))\b/i,
  ],
  settles: [/^(?:agreed|deal|decided|settled)[.!]*$/i],
  decision: [
    /^(?:(?:the|our|my|final|main) )*(?:(?:decision|verdict|resolution|conclusion|agreement)\b[^:：.!?]{0,40}|(?:we|i)(?: have|(?:'|’)ve)? (?:decided|agreed)|decided|agreed)[:：]/i,
    /^for the (?:record|runbook|minutes|log|file|protocol)[:：]/i,
    /\b(?:we|i)(?:(?:'|’)ll| will| shall) (?:use|go with|stick (?:with|to)|keep|take|adopt|switch to|start with|pick|choose)\b/i,
    /\blet(?:'|’)?s (?:go with|use|stick (?:with|to)|keep|pick|choose|adopt|settle on|switch to)\b/i,
    /\b(?:i|we)(?:(?:'|’)ve| have)? (?:decided|chose|chosen|settled on|agreed (?:to|on|that)|picked|opted)\b/i,
    /\b(?:decided (?:to|on|against|that)|(?:i|we)(?:'|’)?(?:m|re| am| are)? going with|final decision|the decision is|it(?:'|’)?s decided)\b/i,
  ],
  ownDecision: [
    /^(?:(?:ok|okay|good|then|so)[,.]? )?(?!(?:yes|no|so|that|as|what|how|where|here|there|which|because|since|if|when|but)\b)[\p{L}\p{N}' -]{2,40} it is(?:[,.;!]| then\b|$)/iu,
    /^(?:(?:then|so|ok|okay|good)[,.]? )?(?:we|i)(?:(?:'|’)ll| will| shall)? (?:take|buy|choose|pick|go with|stay with|stick (?:to|with)|keep(?! \w+ing\b))\b/i,
    /^(?:then|so) (?:we|i)(?:(?:'|’)ll| will| shall) (?!be\b|have\b|see\b)\w+/i,
    /\b(?:we|i)(?:(?:'|’)ve| have)? agreed\b/i,
  ],
};
