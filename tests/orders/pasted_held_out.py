"""Sixty more pasted orders, written when the reader was ready.

Read by it once, 52 were right; three of the others passed over a condition (没有的话, 选一样, 要是贵), none had a
wrong amount. The reader learnt conditions since.
"""

from tests.orders.pasted_phrases import Line, Phrase

PHRASES: tuple[Phrase, ...] = (
    Phrase("土豆100斤 萝卜80斤 明早六点半送到", (Line("马铃薯", 50_000), Line("白萝卜", 40_000))),
    Phrase(
        "张老师好，明天幼儿园要的菜：胡萝卜8斤、西兰花6斤、鸡蛋10斤，辛苦啦",
        (Line("胡萝卜", 4000), Line("西兰花", 3000), Line("鸡蛋", 5000)),
    ),
    Phrase("莴笋二十五斤，茄子十八斤，毛豆九斤", (Line("莴笋", 12_500), Line("茄子", 9000), Line("毛豆", 4500))),
    Phrase("30斤冬瓜\n25斤南瓜\n10斤苦瓜", (Line("冬瓜", 15_000), Line("南瓜", 12_500), Line("苦瓜", 5000))),
    Phrase("青椒6公斤、甜椒4公斤、洋葱5公斤", (Line("辣椒", 6000), Line("甜椒", 4000), Line("", 5000, ask=True))),
    Phrase("老板：空心菜20，苋菜15，都是斤", (Line("空心菜", 10_000, ask=True), Line("苋菜", 7500, ask=True))),
    Phrase("红薯、紫薯、山药各15斤", (Line("红薯", 7500), Line("紫薯", 7500), Line("山药", 7500))),
    Phrase("鸡蛋5箱", (Line("鸡蛋", ask=True),)),
    Phrase("鸡蛋5箱，一箱40斤", (Line("鸡蛋", 100_000),)),
    Phrase("大米10袋（每袋50斤），糯米2袋（每袋20斤）", (Line("大米", 250_000), Line("糯米", 20_000))),
    Phrase("土鸡十五只，草鱼五十斤，生姜三斤半", (Line("土鸡", pieces=15), Line("草鱼", 25_000), Line("生姜", 1750))),
    Phrase("韭菜大概15斤", (Line("韭菜", 7500, ask=True),)),
    Phrase("芹菜30-40斤，看有没有", (Line("芹菜", ask=True),)),
    Phrase(
        "明天的：包菜60斤。白菜60斤。鸡腿40斤。",
        (Line("包菜", 30_000), Line("大白菜", 30_000), Line("", 20_000, ask=True)),
    ),
    Phrase("12.3号要货 丝瓜20斤 黄瓜30斤", (Line("丝瓜", 10_000), Line("黄瓜", 15_000))),
    Phrase(
        "周四：莲藕20斤，荸荠10斤；周五：芋头30斤", (Line("莲藕", 10_000), Line("荸荠", 5000), Line("芋头", 15_000))
    ),
    Phrase(
        "花菜25斤（散花），西兰花20斤，葱2斤（不要根）",
        (Line("花菜", 12_500), Line("西兰花", 10_000), Line("葱", 1000)),
    ),
    Phrase("脐橙一级的100斤，蜜桔60斤，要甜的", (Line("脐橙", 50_000), Line("蜜桔", 30_000))),
    Phrase(
        "食堂480人，晚餐：大白菜90斤，豆腐干30斤，辣椒15斤",
        (Line("大白菜", 45_000), Line("豆腐干", 15_000), Line("辣椒", 7500)),
    ),
    Phrase("胡箩卜20斤，菠莱15斤", (Line("胡萝卜", 10_000), Line("菠菜", 7500, ask=True))),
    Phrase("西红市10斤，土斗30斤", (Line("西红柿", 5000), Line("马铃薯", 15_000))),
    Phrase("生菜10斤，生菜不要了，换菠菜10斤", (Line("菠菜", 5000),)),
    Phrase("黄瓜20斤改成30斤，茄子15斤", (Line("黄瓜", 15_000), Line("茄子", 7500))),
    Phrase("刚才的土豆50斤改为40斤", (Line("马铃薯", 20_000),)),
    Phrase("丝瓜12斤，毛豆6斤，丝瓜取消", (Line("毛豆", 3000),)),
    Phrase("冬笋5斤，要是贵就不要了", (Line("冬笋", 2500, ask=True),)),
    Phrase("葱3斤姜2斤蒜4斤", (Line("葱", 1500), Line("生姜", 1000), Line("大蒜头", 2000, ask=True))),
    Phrase("小白菜18斤，价格别超过2块5", (Line("小白菜", 9000),)),
    Phrase("鲜香菇10斤 6.5元/斤，木耳1斤 45元/斤", (Line("鲜香菇", 5000), Line("木耳", 500))),
    Phrase("大蒜苗8斤，每斤不超过4元", (Line("大蒜苗", 4000),)),
    Phrase(
        "1.空心菜30斤；2.豇豆20斤；3.茄子25斤；合计75斤",
        (Line("空心菜", 15_000), Line("豇豆", 10_000), Line("茄子", 12_500)),
    ),
    Phrase("白萝卜40斤，胡萝卜20斤，共50斤", (Line("白萝卜", 20_000, ask=True), Line("胡萝卜", 10_000, ask=True))),
    Phrase("鸭子8只（杀好，每只3斤多），白鹅2只", (Line("土鸭", pieces=8), Line("白鹅", pieces=2))),
    Phrase("番鸭20斤", (Line("番鸭", 10_000, ask=True),)),
    Phrase("南瓜3个，冬瓜2个", (Line("南瓜", pieces=3, ask=True), Line("冬瓜", pieces=2, ask=True))),
    Phrase("一中食堂 豆角 30斤 四季豆 25斤 送货电话 0797-1234567", (Line("豇豆", 15_000), Line("四季豆", 12_500))),
    Phrase("红萝卜十斤 白萝卜十五斤 萝卜干两斤", (Line("胡萝卜", 5000), Line("白萝卜", 7500), Line("萝卜干", 1000))),
    Phrase("梅干菜2斤半，笋干1斤，香干6斤", (Line("梅干菜", 1250), Line("笋干", 500), Line("豆腐干", 3000))),
    Phrase("油菜15斤，菜心12斤，芥菜10斤", (Line("小白菜", 7500), Line("菜心", 6000), Line("芥菜", 5000))),
    Phrase("茶油10斤、蜂蜜5斤、绿茶1斤", (Line("茶油", 5000), Line("蜂蜜", 2500), Line("绿茶", 500))),
    Phrase("马铃薯1.5吨", (Line("马铃薯", 1_500_000),)),
    Phrase("包菜50斤，花菜也来50斤", (Line("包菜", 25_000), Line("花菜", 25_000))),
    Phrase("同上周，另外加黄瓜10斤", (Line("黄瓜", 5000),)),
    Phrase("今天菜都不错，辛苦了", ()),
    Phrase("包菜照上次的量", (Line("包菜", ask=True),)),
    Phrase("土豆四十斤左右，包菜三十斤", (Line("马铃薯", 20_000, ask=True), Line("包菜", 15_000))),
    Phrase("牛肉20斤，辣椒10斤，香菜1斤", (Line("", 10_000, ask=True), Line("辣椒", 5000), Line("", 500, ask=True))),
    Phrase("土豆丝用的土豆30斤，炒肉用的青椒10斤", (Line("马铃薯", 15_000), Line("辣椒", 5000))),
    Phrase("西瓜两百斤，葡萄三十斤，梨二十斤", (Line("西瓜", 100_000), Line("葡萄", 15_000), Line("翠冠梨", 10_000))),
    Phrase("萝卜5O斤", (Line("白萝卜", 25_000),)),
    Phrase("土豆50市斤，大米100市斤", (Line("马铃薯", 25_000), Line("大米", 50_000))),
    Phrase("baocai 30斤", (Line("包菜", 15_000, ask=True),)),
    Phrase("冬瓜一个（30斤左右），南瓜40斤", (Line("冬瓜", pieces=1, ask=True), Line("南瓜", 20_000))),
    Phrase("教师餐：草鱼15斤；学生餐：草鱼60斤", (Line("草鱼", 7500), Line("草鱼", 30_000))),
    Phrase("芥兰10斤，红菜苔10斤", (Line("", 5000, ask=True), Line("红菜苔", 5000))),
    Phrase("西红柿20斤，上次的有点烂，这次挑好的", (Line("西红柿", 10_000),)),
    Phrase("鸡蛋二百个", (Line("鸡蛋", pieces=200, ask=True),)),
    Phrase("茄子15斤豆角12斤不要太老", (Line("茄子", 7500), Line("豇豆", 6000))),
    Phrase("苦瓜10斤，没有的话换丝瓜", (Line("苦瓜", 5000, ask=True),)),
    Phrase("紫薯30斤和红薯30斤选一样就行", (Line("紫薯", 15_000, ask=True), Line("红薯", 15_000, ask=True))),
)
