# ruff: noqa: E501  (one row of the table a line)
"""The produce that a county begins with: what grows, how it is called, counted, graded and kept. Plain rows, loaded by a service.

Keeping times are guidance for the household, not trade standards: at room temperature in the season of harvest, and
in a cold store. A yield is the 95th percentile a mu can give, in kilograms, where it means something.
"""

from dataclasses import dataclass

# code, Chinese, English; the order of the market's chips
CATEGORIES = [
    ("vegetable", "蔬菜", "Vegetables"),
    ("fruit", "水果", "Fruit"),
    ("lotus", "白莲", "Lotus"),
    ("poultry", "畜禽", "Poultry"),
    ("egg", "禽蛋", "Eggs"),
    ("grain", "粮薯豆", "Grain, roots, beans"),
    ("mushroom", "菌菇", "Mushrooms"),
    ("fish", "水产", "Fish"),
    ("speciality", "山货特产", "Hill goods"),
    ("processed", "加工品", "Made goods"),
    ("other", "其他", "Other"),
]

# Papers a buyer may ask for: 承诺达标合格证, 检疫证, a test slip.
CONFORMITY, QUARANTINE, TEST = "conformity", "quarantine", "test"


@dataclass(frozen=True)
class GradeRow:
    """One grade and how it is told apart."""

    code: str
    name: str
    name_en: str
    measure: str = ""
    worth_percent: int | None = None  # of what the best grade fetches, where goods may be taken as this grade


@dataclass(frozen=True)
class Entry:
    """One produce of the dictionary."""

    code: str
    name: str
    name_en: str
    category: str
    picture: str
    room: int  # days it keeps in a room
    cold: int  # days in a cold store
    season: tuple[int, ...] = ()
    aliases: tuple[str, ...] = ()
    kg_per_mu: int | None = None
    grades: tuple[GradeRow, ...] = ()
    papers: tuple[str, ...] = (CONFORMITY,)
    piece_g: int | None = None
    forbidden_reason: str = ""
    count_word: str = ""  # by which it is counted where it has a weight of one piece (kernel.weight.COUNT_WORDS)

    @property
    def packs(self) -> tuple[str, ...]:
        """Return what it is usually packed in here: fruit and eggs in boxes, rice and mushrooms in bags."""
        return PACKS_OF.get(self.code, PACKS_OF_KIND.get(self.category, ()))


# Boxes and bags as the county's buying points know them; what one holds is said by each lot.
PACKS_OF_KIND = {"fruit": ("box",), "egg": ("box",), "mushroom": ("box", "bag"), "processed": ("box", "bag")}
PACKS_OF = {
    "rice": ("bag",),
    "sticky_rice": ("bag",),
    "soybean": ("bag",),
    "mung_bean": ("bag",),
    "peanut": ("bag",),
    "potato": ("bag",),
    "sweet_potato": ("box", "bag"),
    "purple_sweet_potato": ("box", "bag"),
    "lotus_dried": ("box", "bag"),
    "lotus_starch": ("box",),
    "lotus_plumule": ("bag",),
    "shiitake_dried": ("bag",),
    "tea_tree_mushroom_dried": ("bag",),
    "wood_ear": ("bag",),
    "watermelon": (),
    "tea_oil": ("box",),
    "honey": ("box",),
    "green_tea": ("box", "bag"),
    "cabbage": ("bag",),
    "radish": ("bag",),
    "carrot": ("bag",),
    "tofu_dried": ("bag",),
    "rice_cake": ("bag",),
}


def _grades(first="", second="", mixed="") -> tuple[GradeRow, ...]:
    return (
        GradeRow("first", "一级", "First grade", first, 100),
        GradeRow("second", "二级", "Second grade", second, 85),
        GradeRow("mixed", "统货", "Ungraded", mixed or "不分大小"),
    )


LEAF = _grades("叶片完整、无黄叶虫眼", "少量黄叶虫眼")
FRUITING = _grades("个头匀、无伤疤", "个头不匀、轻微伤疤")
ROOT = _grades("个头匀、无裂口烂疤", "有小裂口、个头不匀")
CITRUS = (
    GradeRow("special", "特级", "Extra", "果径 75–85 毫米", 100),
    GradeRow("first", "一级", "First grade", "果径 70–75 毫米", 90),
    GradeRow("second", "二级", "Second grade", "果径 60–70 毫米", 75),
    GradeRow("mixed", "统货", "Ungraded", "不分大小"),
)
DRIED_LOTUS = (
    GradeRow("special", "特级", "Extra", "通心率 98% 以上，破碎 1% 以内", 100),
    GradeRow("first", "一级", "First grade", "通心率 95% 以上，破碎 3% 以内", 90),
    GradeRow("second", "二级", "Second grade", "通心率 90% 以上，破碎 5% 以内", 75),
    GradeRow("mixed", "统货", "Ungraded", "不分级"),
)
EGGS = (
    GradeRow("large", "大蛋", "Large", "每枚 55 克以上", 100),
    GradeRow("medium", "中蛋", "Medium", "每枚 45–55 克", 90),
    GradeRow("mixed", "统货", "Ungraded", "不分大小"),
)
ALIVE = (
    GradeRow("free_range", "散养", "Free range", "放养 120 天以上"),
    GradeRow("farmed", "圈养", "Farmed", ""),
)
MUSHROOM = _grades("伞盖未开、大小匀", "伞盖半开", "不分大小")
DRY = _grades("干透、无霉无碎", "少量碎屑", "不分级")

WINTER, ALL_YEAR = (11, 12, 1, 2, 3), tuple(range(1, 13))

ENTRIES = [
    # Lotus, the county's own
    Entry("lotus_dried", "通心白莲", "Dried lotus seed", "lotus", "lotus_dried", 365, 730, (7, 8, 9, 10),
          ("白莲", "干莲", "干白莲", "莲子", "干莲子", "通芯白莲"), 120, DRIED_LOTUS, (CONFORMITY, TEST)),
    Entry("lotus_fresh", "鲜莲子", "Fresh lotus seed", "lotus", "lotus_fresh", 2, 7, (6, 7, 8, 9),
          ("鲜白莲", "新鲜莲子"), 260, _grades("颗粒饱满、当天剥", "隔天剥")),
    Entry("lotus_pod", "莲蓬", "Lotus pods", "lotus", "lotus", 2, 6, (6, 7, 8, 9),
          ("鲜莲蓬", "莲房"), 700, FRUITING),
    Entry("lotus_plumule", "莲芯", "Lotus plumule", "lotus", "lotus_plumule", 365, 730, (7, 8, 9, 10),
          ("莲子芯", "莲子心", "莲心"), 10, DRY),
    Entry("lotus_starch", "藕粉", "Lotus root starch", "lotus", "lotus_starch", 365, 540, (11, 12, 1),
          ("纯藕粉", "手工藕粉"), None, DRY, (CONFORMITY, TEST)),
    Entry("lotus_root", "莲藕", "Lotus root", "lotus", "lotus_root", 7, 30, (9, 10, 11, 12, 1, 2),
          ("藕", "净藕", "粉藕", "野藕"), 2200, _grades("藕节完整、无破损", "有断节")),
    Entry("lotus_shoot", "藕带", "Lotus shoots", "lotus", "lotus_shoot", 2, 5, (5, 6, 7),
          ("藕尖", "鲜藕带"), 300, LEAF),
    # Leaf vegetables and cabbages
    Entry("cabbage", "包菜", "Cabbage", "vegetable", "cabbage", 10, 60, (11, 12, 1, 2, 3, 4),
          ("卷心菜", "圆白菜", "甘蓝", "甘蓝洋白菜", "大头菜"), 4000, _grades("紧实、单个 1 公斤以上", "紧实、单个 0.5 公斤以上")),
    Entry("chinese_cabbage", "大白菜", "Chinese cabbage", "vegetable", "chinese_cabbage", 10, 60, WINTER,
          ("白菜", "黄白菜", "黄芽白"), 5000, LEAF),
    Entry("pak_choi", "小白菜", "Pak choi", "vegetable", "pak_choi", 2, 5, ALL_YEAR,
          ("上海青", "油菜", "青菜", "小青菜", "鸡毛菜"), 1800, LEAF),
    Entry("mustard", "芥菜", "Leaf mustard", "vegetable", "mustard", 3, 10, (11, 12, 1, 2, 3),
          ("盖菜", "大芥菜"), 4000, LEAF),
    Entry("choy_sum", "菜心", "Choy sum", "vegetable", "choy_sum", 2, 6, (10, 11, 12, 1, 2, 3), ("菜薹", "广东菜心"), 1500, LEAF),
    Entry("red_choy_sum", "红菜苔", "Purple choy sum", "vegetable", "red_choy_sum", 2, 6, (12, 1, 2, 3),
          ("红菜薹", "紫菜苔"), 1500, LEAF),
    Entry("spinach", "菠菜", "Spinach", "vegetable", "spinach", 2, 7, WINTER, (), 1800, LEAF),
    Entry("lettuce", "生菜", "Lettuce", "vegetable", "lettuce", 2, 7, (10, 11, 12, 1, 2, 3, 4),
          ("散叶生菜", "散生菜", "云南生菜"), 2000, LEAF),
    Entry("oilseed_lettuce", "油麦菜", "Indian lettuce", "vegetable", "oilseed_lettuce", 2, 6, ALL_YEAR, ("云南油麦菜",), 2000, LEAF),
    Entry("water_spinach", "空心菜", "Water spinach", "vegetable", "water_spinach", 2, 4, (4, 5, 6, 7, 8, 9, 10),
          ("蕹菜", "竹叶菜"), 3500, LEAF),
    Entry("amaranth", "苋菜", "Amaranth", "vegetable", "amaranth", 2, 4, (4, 5, 6, 7, 8, 9), ("红苋菜",), 2000, LEAF),
    Entry("celery", "芹菜", "Celery", "vegetable", "celery", 4, 14, WINTER, ("香芹", "西芹"), 4500, LEAF),
    Entry("chives", "韭菜", "Chinese chives", "vegetable", "chives", 3, 10, ALL_YEAR, (), 3000, LEAF),
    Entry("garlic_leaf", "大蒜苗", "Garlic leaves", "vegetable", "garlic_leaf", 4, 12, (11, 12, 1, 2, 3),
          ("蒜苗", "青蒜"), 2500, LEAF),
    Entry("spring_onion", "葱", "Spring onion", "vegetable", "spring_onion", 4, 10, ALL_YEAR, ("小葱", "香葱", "大葱"), 2500, LEAF),
    Entry("celtuce", "莴笋", "Celtuce", "vegetable", "celtuce", 4, 12, (12, 1, 2, 3, 4), ("莴苣",), 4000, LEAF),
    Entry("broccoli", "西兰花", "Broccoli", "vegetable", "broccoli", 4, 14, (11, 12, 1, 2, 3),
          ("绿菜花", "青花菜"), 1500, _grades("花球紧实、径 12 厘米以上", "花球稍松")),
    Entry("cauliflower", "花菜", "Cauliflower", "vegetable", "cauliflower", 5, 20, (11, 12, 1, 2, 3),
          ("菜花", "散菜花", "有机花菜", "青梗散花"), 2500, _grades("花球洁白紧实", "花球稍黄稍松")),
    # Fruiting vegetables, beans in the pod
    Entry("chili", "辣椒", "Chili pepper", "vegetable", "pepper", 6, 20, (5, 6, 7, 8, 9, 10, 11),
          ("尖椒", "线椒", "青椒", "小米椒", "红椒", "螺丝椒"), 3500, FRUITING),
    Entry("sweet_pepper", "甜椒", "Sweet pepper", "vegetable", "sweet_pepper", 6, 20, (5, 6, 7, 10, 11),
          ("柿子椒", "灯笼椒", "圆椒"), 4000, FRUITING),
    Entry("aubergine", "茄子", "Aubergine", "vegetable", "aubergine", 4, 10, (5, 6, 7, 8, 9, 10), ("长茄", "紫茄子"), 4500, FRUITING),
    Entry("tomato", "西红柿", "Tomato", "vegetable", "tomato", 6, 14, (5, 6, 7, 10, 11), ("番茄",), 6000, FRUITING),
    Entry("cucumber", "黄瓜", "Cucumber", "vegetable", "cucumber", 4, 10, (5, 6, 7, 8, 9), ("青瓜",), 6000, FRUITING),
    Entry("luffa", "丝瓜", "Luffa", "vegetable", "luffa", 4, 8, (6, 7, 8, 9), (), 4500, FRUITING),
    Entry("bitter_gourd", "苦瓜", "Bitter gourd", "vegetable", "bitter_gourd", 4, 10, (6, 7, 8, 9), ("凉瓜",), 4000, FRUITING),
    Entry("wax_gourd", "冬瓜", "Wax gourd", "vegetable", "wax_gourd", 30, 90, (7, 8, 9, 10), ("毛冬瓜",), 9000, FRUITING),
    Entry("pumpkin", "南瓜", "Pumpkin", "vegetable", "pumpkin", 60, 120, (7, 8, 9, 10, 11),
          ("金瓜", "金丝南瓜"), 4000, FRUITING),
    Entry("yardlong_bean", "豇豆", "Yardlong bean", "vegetable", "bean", 3, 8, (6, 7, 8, 9), ("长豆角", "豆角"), 2500, FRUITING),
    Entry("green_bean", "四季豆", "Green bean", "vegetable", "green_bean", 3, 8, (5, 6, 9, 10, 11), ("架豆", "芸豆"), 2000, FRUITING),
    Entry("edamame", "毛豆", "Green soybean", "vegetable", "edamame", 2, 7, (6, 7, 8, 9), (), 1200, FRUITING),
    Entry("water_bamboo", "茭白", "Water bamboo", "vegetable", "water_bamboo", 4, 20, (5, 6, 9, 10), ("高瓜", "茭笋"), 1800, FRUITING),
    # Roots
    Entry("radish", "白萝卜", "White radish", "vegetable", "radish", 12, 60, WINTER, ("萝卜",), 5500, ROOT),
    Entry("carrot", "胡萝卜", "Carrot", "vegetable", "carrot", 14, 120, WINTER, ("红萝卜",), 4500, ROOT),
    Entry("ginger", "生姜", "Ginger", "vegetable", "ginger", 30, 120, (9, 10, 11, 12), ("姜", "鲜姜"), 3500, ROOT),
    Entry("garlic", "大蒜头", "Garlic", "vegetable", "garlic", 90, 180, (4, 5, 6), ("大蒜", "蒜头"), 1500, ROOT),
    Entry("water_chestnut", "荸荠", "Water chestnut", "vegetable", "water_chestnut", 10, 60, (11, 12, 1, 2), ("马蹄",), 2500, ROOT),
    Entry("taro", "芋头", "Taro", "vegetable", "taro", 20, 90, (9, 10, 11, 12), ("芋子", "芋艿"), 3000, ROOT),
    # Grain, roots, beans
    Entry("sweet_potato", "红薯", "Sweet potato", "grain", "sweet_potato", 40, 120, (9, 10, 11, 12),
          ("番薯", "地瓜"), 3500, _grades("单个 150–500 克、无伤", "个头不匀")),
    Entry("purple_sweet_potato", "紫薯", "Purple sweet potato", "grain", "purple_sweet_potato", 40, 120, (9, 10, 11, 12), (), 2800, ROOT),
    Entry("potato", "马铃薯", "Potato", "grain", "tuber", 40, 120, (4, 5, 11, 12), ("土豆", "洋芋"), 3000, ROOT),
    Entry("chinese_yam", "山药", "Chinese yam", "grain", "chinese_yam", 30, 120, (10, 11, 12, 1), ("淮山", "铁棍山药"), 2500, ROOT),
    Entry("rice", "大米", "Rice", "grain", "rice", 180, 365, (8, 10, 11, 12), ("晚米", "新米", "稻米"), 450, DRY, (CONFORMITY, TEST)),
    Entry("sticky_rice", "糯米", "Glutinous rice", "grain", "sticky_rice", 180, 365, (10, 11, 12), (), 420, DRY),
    Entry("soybean", "黄豆", "Soybean", "grain", "soybean", 240, 365, (7, 10, 11), ("大豆",), 200, DRY),
    Entry("mung_bean", "绿豆", "Mung bean", "grain", "mung_bean", 240, 365, (7, 8, 9), (), 150, DRY),
    Entry("peanut", "花生", "Peanut", "grain", "peanut", 120, 240, (7, 8, 9), ("带壳花生",), 350, DRY),
    Entry("fresh_maize", "鲜玉米", "Sweet corn", "grain", "fresh_maize", 2, 6, (6, 7, 8, 9, 10), ("玉米", "甜玉米", "糯玉米"), 1500, FRUITING),
    # Fruit
    Entry("navel_orange", "脐橙", "Navel orange", "fruit", "orange", 21, 90, (11, 12, 1),
          ("赣南脐橙", "橙子"), 3500, CITRUS, (CONFORMITY, TEST)),
    Entry("mandarin", "蜜桔", "Mandarin", "fruit", "mandarin", 14, 60, (10, 11, 12),
          ("桔子", "橘子", "南丰蜜桔", "广西南丰蜜桔"), 3000, _grades("果径 45–55 毫米", "果径 40–45 毫米")),
    Entry("pomelo", "蜜柚", "Pomelo", "fruit", "pomelo", 30, 90, (9, 10, 11), ("柚子", "红心蜜柚"), 3500, FRUITING),
    Entry("pear", "翠冠梨", "Pear", "fruit", "pear", 10, 60, (7, 8), ("梨", "早熟梨"), 2500, FRUITING),
    Entry("bayberry", "杨梅", "Bayberry", "fruit", "bayberry", 1, 5, (5, 6), (), 1200, FRUITING),
    Entry("grape", "葡萄", "Grapes", "fruit", "grape", 3, 20, (7, 8, 9), ("巨峰葡萄", "河北巨峰葡萄"), 2000, FRUITING),
    Entry("watermelon", "西瓜", "Watermelon", "fruit", "melon", 10, 20, (6, 7, 8), ("麒麟西瓜", "京欣西瓜"), 4500, FRUITING),
    Entry("kiwi", "猕猴桃", "Kiwi fruit", "fruit", "kiwi", 10, 90, (8, 9, 10), ("奇异果",), 2000, FRUITING),
    Entry("chestnut", "板栗", "Chestnut", "fruit", "chestnut", 15, 120, (9, 10), ("栗子", "油栗"), 300, FRUITING),
    # Poultry and pigs: counted, settled by weight
    Entry("duck", "土鸭", "Duck", "poultry", "duck", 20, 20, ALL_YEAR, ("麻鸭", "水鸭", "鸭子"), None, ALIVE,
          (CONFORMITY, QUARANTINE), 1_750, count_word="animal"),
    Entry("muscovy_duck", "番鸭", "Muscovy duck", "poultry", "muscovy_duck", 20, 20, ALL_YEAR, ("翻鸭", "红面番鸭"), None, ALIVE,
          (CONFORMITY, QUARANTINE), 2_750, count_word="animal"),
    Entry("chicken", "土鸡", "Chicken", "poultry", "chicken", 20, 20, ALL_YEAR, ("走地鸡", "三黄鸡", "鸡"), None, ALIVE,
          (CONFORMITY, QUARANTINE), 1_600, count_word="animal"),
    Entry("goose", "白鹅", "Goose", "poultry", "goose", 20, 20, (9, 10, 11, 12, 1), ("鹅",), None, ALIVE,
          (CONFORMITY, QUARANTINE), 3_500, count_word="animal"),
    Entry("pig", "生猪", "Pig", "poultry", "pig", 20, 20, ALL_YEAR, ("土猪", "黑猪"), None, ALIVE,
          (CONFORMITY, QUARANTINE), 115_000, count_word="head"),
    # Eggs
    Entry("egg", "鸡蛋", "Hen's eggs", "egg", "egg", 25, 60, ALL_YEAR, ("土鸡蛋",), None, EGGS),
    Entry("duck_egg", "鸭蛋", "Duck eggs", "egg", "duck_egg", 25, 60, ALL_YEAR, ("土鸭蛋", "鲜鸭蛋"), None, EGGS),
    Entry("salted_egg", "咸鸭蛋", "Salted duck eggs", "egg", "salted_egg", 45, 120, ALL_YEAR, ("咸蛋",), None, EGGS, (CONFORMITY, TEST)),
    # Mushrooms
    Entry("shiitake", "鲜香菇", "Fresh shiitake", "mushroom", "mushroom", 3, 10, WINTER, ("香菇", "西峡香菇"), None, MUSHROOM),
    Entry("shiitake_dried", "干香菇", "Dried shiitake", "mushroom", "shiitake_dried", 365, 540, ALL_YEAR, ("花菇",), None, DRY),
    Entry("tea_tree_mushroom", "茶树菇", "Tea tree mushroom", "mushroom", "tea_tree_mushroom", 3, 10, (4, 5, 6, 9, 10, 11),
          ("鲜茶树菇", "茶薪菇"), None, MUSHROOM),
    Entry("tea_tree_mushroom_dried", "干茶树菇", "Dried tea tree mushroom", "mushroom", "tea_tree_mushroom_dried", 365, 540, ALL_YEAR, (), None, DRY),
    Entry("wood_ear", "木耳", "Wood ear", "mushroom", "wood_ear", 365, 540, ALL_YEAR, ("黑木耳", "干木耳"), None, DRY),
    # Fish
    Entry("grass_carp", "草鱼", "Grass carp", "fish", "fish", 2, 4, ALL_YEAR, ("鲩鱼", "活草鱼"), 1500, ()),
    Entry("bighead_carp", "花鲢", "Bighead carp", "fish", "bighead_carp", 2, 4, ALL_YEAR, ("鳙鱼", "胖头鱼", "大头鱼"), 1200, ()),
    Entry("field_carp", "稻花鱼", "Paddy carp", "fish", "field_carp", 2, 4, (8, 9, 10), ("禾花鱼", "鲤鱼"), 60, ()),
    Entry("loach", "泥鳅", "Loach", "fish", "loach", 3, 5, (5, 6, 7, 8, 9, 10), (), 400, ()),
    # Hill goods
    Entry("tea_oil", "茶油", "Camellia oil", "speciality", "tea_oil", 540, 540, (10, 11, 12, 1),
          ("山茶油", "油茶籽油"), 35, _grades("冷榨、酸价 2 以内", "热榨、酸价 3 以内"), (CONFORMITY, TEST)),
    Entry("honey", "蜂蜜", "Honey", "speciality", "honey", 540, 540, (4, 5, 10, 11, 12),
          ("土蜂蜜", "冬蜜", "百花蜜"), None, _grades("42 度以上", "40–42 度"), (CONFORMITY, TEST)),
    Entry("winter_bamboo_shoot", "冬笋", "Winter bamboo shoot", "speciality", "winter_bamboo_shoot", 10, 30, (11, 12, 1, 2), (), 200, FRUITING),
    Entry("bamboo_shoot", "春笋", "Spring bamboo shoot", "speciality", "bamboo", 3, 14, (3, 4), ("竹笋", "毛竹笋"), 900, FRUITING),
    Entry("bamboo_shoot_dried", "笋干", "Dried bamboo shoot", "speciality", "bamboo_shoot_dried", 365, 540, (4, 5, 6), ("烟笋", "明笋"), None, DRY),
    Entry("alisma", "泽泻", "Alisma tuber", "speciality", "alisma", 365, 540, (12, 1, 2), (), 350, DRY),
    Entry("green_tea", "绿茶", "Green tea", "speciality", "green_tea", 365, 540, (3, 4, 5, 6), ("茶叶", "高山茶"), 80, DRY, (CONFORMITY, TEST)),
    # Made goods
    Entry("sweet_potato_starch", "红薯粉", "Sweet potato starch noodles", "processed", "sweet_potato_starch", 365, 540, (11, 12, 1, 2),
          ("薯粉", "红薯粉丝", "番薯粉"), None, DRY, (CONFORMITY, TEST)),
    Entry("sweet_potato_dried", "红薯干", "Dried sweet potato", "processed", "sweet_potato_dried", 120, 240, (11, 12, 1, 2), ("薯干", "番薯干"), None, DRY),
    Entry("dried_mustard", "梅干菜", "Dried mustard", "processed", "dried_mustard", 240, 365, (3, 4, 5), ("霉干菜", "干菜"), None, DRY),
    Entry("dried_radish", "萝卜干", "Dried radish", "processed", "dried_radish", 180, 300, (12, 1, 2, 3), (), None, DRY),
    Entry("rice_cake", "米果", "Rice cakes", "processed", "rice_cake", 5, 20, (12, 1, 2), ("黄元米果", "年糕"), None, DRY),
    Entry("tofu_dried", "豆腐干", "Dried tofu", "processed", "tofu_dried", 3, 15, ALL_YEAR, ("香干", "豆干"), None, DRY),
    # Grown here, never sold here
    Entry("tobacco", "烟叶", "Tobacco leaf", "other", "tobacco", 365, 365, (6, 7, 8), ("烤烟", "烟草"), 150, (), (), None,
          "烟叶由国家专卖，只能由烟草公司收购。请联系镇上的烟草收购站。"),
]  # fmt: skip
