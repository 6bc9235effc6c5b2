/** Function words by language: they identify the language of a text, and are not tags. */
export const FUNCTION_WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: wordSet(`the a an of to in on at is are was were be been and or but not for with from by as it this that you your i we they
    can could should would will do does how what why when which if then than so have has had there my me`),
  de: wordSet(`der die das den dem des ein eine einen einem einer eines und oder aber nicht kein keine ist sind war waren wird
    werden wurde hat haben hatte ich du er sie es wir ihr mich mir dich dir sich mein dein sein unser mit von vom zu zum zur bei
    beim nach aus auf für über unter vor durch gegen ohne um an am im in als wie wenn weil dass ob dann denn auch noch nur schon
    sehr mehr so man kann können muss müssen soll sollen sollte will wollen was wer wo warum welche welcher welches diese dieser
    dieses hier dort immer bitte danke doch mal etwa bis sowie damit daher also gibt machen`),
  fr: wordSet(`le la les un une des du de au aux et ou mais ne pas plus est sont était être été avoir avez avons ont ai as je tu il
    elle nous vous ils elles me te se mon ma mes ton ta tes son sa ses notre votre leur leurs ce cet cette ces qui que quoi dont où
    comment pourquoi quand avec sans pour par sur sous dans en chez vers entre comme si donc car aussi très bien tout tous toute
    toutes faire fait peut peuvent doit doivent puis alors ainsi merci quel quelle quels quelles y il-y-a lorsque afin cela`),
  es: wordSet(`el la los las un una unos unas de del al y o pero no es son era ser estar está están hay he ha han haber yo tú él
    ella nosotros ellos ellas me te se nos mi mis tu tus su sus este esta estos estas ese esa eso esto que qué quien quién cual
    cuál cómo como cuando cuándo donde dónde por para con sin sobre entre desde hasta muy más menos también ya si sí porque puede
    pueden debe deben hacer gracias según así cada otro otra todo todos toda todas lo le les en a`),
  pt: wordSet(`o a os as um uma uns umas de do da dos das no na nos nas e ou mas não é são era ser estar está estão há eu tu ele ela
    nós eles elas me te se meu minha seu sua este esta esse essa isso isto que quem qual como quando onde por para com sem sobre
    entre desde até muito mais menos também já se sim porque pode podem deve devem fazer obrigado cada outro todo todos em ao à`),
  it: wordSet(`il lo la i gli le un uno una di del della dei delle da dal dalla in nel nella con su sul sulla per tra fra e o ma non
    è sono era essere avere ho ha hanno io tu lui lei noi voi loro mi ti si ci vi mio tuo suo questo questa questi queste quello
    che chi quale come quando dove perché più meno anche già se sì molto può possono deve fare grazie ogni altro tutto tutti`),
  nl: wordSet(`de het een en of maar niet geen is zijn was waren wordt worden heeft hebben ik jij je hij zij ze wij we jullie u mijn
    jouw zijn haar ons met van naar bij uit op voor over onder door tegen zonder om aan in als wanneer omdat dat die dit deze wat
    wie waar waarom hoe welke ook nog al heel meer kan kunnen moet moeten zou wil hier daar dan dus alle`),
  ru: wordSet(`и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще нет
    о из ему теперь когда даже ну вдруг ли если уже или ни быть был него почему как её ещё моё до вас нибудь опять уж вам ведь там потом себя ничего ей
    может они тут где есть надо ней для мы тебя их чем была сам чтоб без будто чего раз тоже себе под будет этот того потому этого
    какой это этой можно нужно также при после через`),
  ko: wordSet(`그 이 저 것 수 등 및 또는 그리고 하지만 그러나 그래서 있는 있습니다 없습니다 합니다 하는 하고 해서 대한 위한 위해 때문에 경우
    어떻게 무엇 왜 언제 어디 이것 그것 저는 제가 우리 좀 더 잘 매우 있다 없다 하다 된다 됩니다 입니다 있나요 하나요 해주세요`),
  zh: wordSet(`我们 你们 他们 这个 那个 这些 那些 什么 怎么 怎样 为什么 如何 多少 哪些 可以 可能 需要 应该 因为 所以 但是 如果 就是 还是 或者 以及 并且
    而且 已经 没有 不是 一个 一些 一下 这样 那样 使用 问题 方法 情况 进行 时候 自己 然后 其他 非常 通过 对于 关于 例如 比如 谢谢 你好 请问 以下`),
};

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}
